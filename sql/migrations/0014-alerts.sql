-- 0014-alerts.sql: what is wrong at a gym, and who was told of it by mail
--
-- Found by gymgate-chores from what the bridges have reported: never in the
-- way of a report.

-- When a branch is open, by its own clock.  It may close after midnight; both
-- the same: it is always open.
ALTER TABLE mst_branches
  ADD COLUMN brn_opens TIME NOT NULL DEFAULT '05:00:00',
  ADD COLUMN brn_closes TIME NOT NULL DEFAULT '23:00:00';

-- Of an owner: are the mails wanted?
ALTER TABLE trn_user_roles
  ADD COLUMN url_alerts BOOLEAN NOT NULL DEFAULT 1;

-- An event: something is wrong with a terminal, until it has been well again
-- for a while.
CREATE TABLE trn_alerts (
  alr_compcode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  alr_branch_id BIGINT UNSIGNED NOT NULL,
  alr_device_id BIGINT UNSIGNED NOT NULL,
  alr_kind VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  alr_since_at DATETIME(3) NOT NULL,            -- since when it is wrong
  alr_began_at DATETIME(3) NOT NULL,            -- when that was seen
  alr_most INT UNSIGNED NOT NULL DEFAULT 0,     -- BACKLOG: so many waited at its height
  alr_well_at DATETIME(3) NULL,                 -- since when it is well again
  alr_over_at DATETIME(3) NULL,                 -- when it had been so for long enough
  -- when the mails that say so stood in trn_alert_mails
  alr_told_at DATETIME(3) NULL,
  alr_over_told_at DATETIME(3) NULL,
  alr_open_device_id BIGINT UNSIGNED
    AS (CASE WHEN alr_over_at IS NULL THEN alr_device_id END) STORED,
  alr_untold TINYINT
    AS (CASE WHEN alr_told_at IS NULL
               OR (alr_over_at IS NOT NULL AND alr_over_told_at IS NULL) THEN 1 END) STORED,
  PRIMARY KEY (alr_compcode, id),
  KEY alr_id (id),
  UNIQUE KEY alr_open (alr_compcode, alr_open_device_id, alr_kind),
  KEY alr_open_device (alr_open_device_id),
  KEY alr_untold (alr_untold, alr_compcode, alr_branch_id),
  CONSTRAINT alr_branch FOREIGN KEY (alr_compcode, alr_branch_id)
    REFERENCES mst_branches (brn_compcode, id),
  CONSTRAINT alr_device FOREIGN KEY (alr_compcode, alr_device_id)
    REFERENCES mst_devices (dev_compcode, id),
  CONSTRAINT alr_kind_known CHECK (alr_kind IN ('BACKLOG', 'BRIDGE', 'LOG', 'TERMINAL'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- How many punches waited some minutes ago, where many do.
CREATE TABLE trn_alert_samples (
  als_compcode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  als_device_id BIGINT UNSIGNED NOT NULL,
  als_at DATETIME(3) NOT NULL,
  als_waiting INT UNSIGNED NOT NULL,
  PRIMARY KEY (als_compcode, als_device_id),
  CONSTRAINT als_device FOREIGN KEY (als_compcode, als_device_id)
    REFERENCES mst_devices (dev_compcode, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- A mail to one person about one branch; its text is made of its notices when
-- it is sent.
CREATE TABLE trn_alert_mails (
  alm_compcode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  alm_branch_id BIGINT UNSIGNED NOT NULL,
  alm_user_id BIGINT UNSIGNED NOT NULL,
  alm_state VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'WAITING',
  alm_tries INT UNSIGNED NOT NULL DEFAULT 0,
  alm_due_at DATETIME(3) NULL,                  -- the next try; SENDING: when its claim ends
  alm_error VARCHAR(320) NULL,                  -- of the last try
  alm_created_at DATETIME(3) NOT NULL,
  alm_sent_at DATETIME(3) NULL,
  PRIMARY KEY (alm_compcode, id),
  KEY alm_id (id),
  KEY alm_due (alm_due_at),
  CONSTRAINT alm_branch FOREIGN KEY (alm_compcode, alm_branch_id)
    REFERENCES mst_branches (brn_compcode, id),
  CONSTRAINT alm_user FOREIGN KEY (alm_user_id) REFERENCES mst_users (id),
  CONSTRAINT alm_state_known
    CHECK (alm_state IN ('WAITING', 'SENDING', 'SENT', 'REFUSED', 'DROPPED'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Which mail tells a person of an event: once that it began, once that it is
-- over, and never again.
CREATE TABLE trn_alert_notices (
  aln_compcode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  aln_alert_id BIGINT UNSIGNED NOT NULL,
  aln_user_id BIGINT UNSIGNED NOT NULL,
  aln_is_over BOOLEAN NOT NULL,
  aln_mail_id BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (aln_compcode, aln_alert_id, aln_user_id, aln_is_over),
  KEY aln_mail (aln_compcode, aln_mail_id),
  CONSTRAINT aln_alert FOREIGN KEY (aln_compcode, aln_alert_id)
    REFERENCES trn_alerts (alr_compcode, id),
  CONSTRAINT aln_mail FOREIGN KEY (aln_compcode, aln_mail_id)
    REFERENCES trn_alert_mails (alm_compcode, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
