-- 0011-hours.sql: punches by the hour, for reports
--
-- Made of the rows of trn_member_attendances and never in their way: written
-- by gymgate-chores, and by `gymgate-admin summary rebuild`.

CREATE TABLE trn_attendance_hours (
  ahr_compcode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  ahr_date DATE NOT NULL,
  ahr_branch_id BIGINT UNSIGNED NOT NULL,
  ahr_hour TINYINT UNSIGNED NOT NULL,           -- 7: from 07:00 to 07:59
  ahr_allowed INT UNSIGNED NOT NULL,            -- as punches count after their corrections
  ahr_denied INT UNSIGNED NOT NULL,
  ahr_visits INT UNSIGNED NOT NULL,             -- members whose first allowed punch of the day it was
  PRIMARY KEY (ahr_compcode, ahr_date, ahr_branch_id, ahr_hour),
  CONSTRAINT ahr_branch FOREIGN KEY (ahr_compcode, ahr_branch_id)
    REFERENCES mst_branches (brn_compcode, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Up to when what has arrived is in the summary; also what two who write the
-- summary of a company take turns by.
CREATE TABLE trn_summary_marks (
  smk_compcode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  smk_arrived_at DATETIME(3) NULL,              -- NULL: not yet made
  PRIMARY KEY (smk_compcode),
  CONSTRAINT smk_company FOREIGN KEY (smk_compcode)
    REFERENCES mst_companies (cmp_compcode)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- When each of the chores last began a run that ended well.
CREATE TABLE trn_chores (
  chr_name VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  chr_ran_at DATETIME(3) NOT NULL,
  PRIMARY KEY (chr_name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
