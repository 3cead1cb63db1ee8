-- 0001-foundation.sql: companies, members, subscriptions, terminals, punches
--
-- Runs on MariaDB 10.6+ and MySQL 8.0+.  Manner of all tables:
--
-- * The company is the shard: PRIMARY KEY (company, id), a KEY (id) for the
--   AUTO_INCREMENT, foreign keys that include the company.
-- * Codes, serials, terminal user ids and hashes are ascii_bin: in the default
--   collation 'SF' would equal 'sf' and 'SF '.
-- * `..._at` is an instant, DATETIME(3) in UTC; `..._time`, `..._date`, `_from`
--   and `_to` are the wall clock or calendar of the branch.
-- * Money is in minor units (paise, cents) of the company's currency.
-- * Rows that forms create carry the form's nonce, so that a form posted twice
--   is one row.

CREATE TABLE mst_companies (
  cmp_compcode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  cmp_name VARCHAR(120) NOT NULL,
  cmp_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'INR',
  cmp_expiring_days SMALLINT UNSIGNED NOT NULL DEFAULT 7,
  -- bumped in the transaction of every write that can change who may enter;
  -- what was computed from the rows is valid while it stands
  cmp_revision BIGINT UNSIGNED NOT NULL DEFAULT 1,
  cmp_status VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'ACTIVE',
  cmp_created_at DATETIME(3) NOT NULL,
  PRIMARY KEY (cmp_compcode),
  CONSTRAINT cmp_status_known CHECK (cmp_status IN ('ACTIVE', 'CLOSED'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE mst_branches (
  brn_compcode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  brn_name VARCHAR(120) NOT NULL,
  brn_zone VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  brn_created_at DATETIME(3) NOT NULL,
  PRIMARY KEY (brn_compcode, id),
  KEY brn_id (id),
  UNIQUE KEY brn_name (brn_compcode, brn_name),
  CONSTRAINT brn_company FOREIGN KEY (brn_compcode)
    REFERENCES mst_companies (cmp_compcode)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- A person who signs in; the e-mail is global, so that one may own several gyms.
CREATE TABLE mst_users (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  usr_email VARCHAR(254) COLLATE utf8mb4_bin NOT NULL,  -- in lower case
  usr_name VARCHAR(120) NOT NULL,
  usr_password_hash VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  usr_status VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'ACTIVE',
  usr_created_at DATETIME(3) NOT NULL,
  usr_password_at DATETIME(3) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY usr_email (usr_email),
  CONSTRAINT usr_status_known CHECK (usr_status IN ('ACTIVE', 'CLOSED'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE trn_user_roles (
  url_compcode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  url_user_id BIGINT UNSIGNED NOT NULL,
  url_branch_id BIGINT UNSIGNED NULL,           -- NULL: all branches
  url_role VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  url_created_at DATETIME(3) NOT NULL,
  -- NULLs are never equal in a key; 0 is
  url_branch_key BIGINT UNSIGNED AS (COALESCE(url_branch_id, 0)) VIRTUAL,
  PRIMARY KEY (url_compcode, id),
  KEY url_id (id),
  UNIQUE KEY url_once (url_compcode, url_user_id, url_branch_key),
  KEY url_user (url_user_id),
  CONSTRAINT url_user FOREIGN KEY (url_user_id) REFERENCES mst_users (id),
  CONSTRAINT url_company FOREIGN KEY (url_compcode)
    REFERENCES mst_companies (cmp_compcode),
  CONSTRAINT url_branch FOREIGN KEY (url_compcode, url_branch_id)
    REFERENCES mst_branches (brn_compcode, id),
  CONSTRAINT url_role_known CHECK (url_role IN ('OWNER', 'STAFF'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- A browser that is signed in; only the hash of what its cookie holds.
CREATE TABLE trn_sessions (
  ses_hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  ses_user_id BIGINT UNSIGNED NOT NULL,
  ses_compcode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  ses_created_at DATETIME(3) NOT NULL,
  ses_seen_at DATETIME(3) NOT NULL,
  ses_expires_at DATETIME(3) NOT NULL,
  PRIMARY KEY (ses_hash),
  KEY ses_user (ses_user_id),
  KEY ses_expires (ses_expires_at),
  CONSTRAINT ses_user FOREIGN KEY (ses_user_id) REFERENCES mst_users (id),
  CONSTRAINT ses_company FOREIGN KEY (ses_compcode)
    REFERENCES mst_companies (cmp_compcode)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Wrong passwords: the next try waits longer.  The key is the hash of an
-- account's e-mail or of an address.
CREATE TABLE trn_signin_delays (
  sgd_key CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  sgd_failures INT UNSIGNED NOT NULL,
  sgd_next_at DATETIME(3) NOT NULL,
  PRIMARY KEY (sgd_key),
  KEY sgd_next (sgd_next_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE mst_api_tokens (
  tok_compcode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  tok_label VARCHAR(120) NOT NULL,
  tok_hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  tok_device_sn VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,  -- NULL: any terminal
  tok_created_at DATETIME(3) NOT NULL,
  tok_revoked_at DATETIME(3) NULL,
  PRIMARY KEY (tok_compcode, id),
  KEY tok_id (id),
  UNIQUE KEY tok_hash (tok_hash),
  CONSTRAINT tok_company FOREIGN KEY (tok_compcode)
    REFERENCES mst_companies (cmp_compcode)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE mst_members_lists (
  mbr_compcode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  mbr_branch_id BIGINT UNSIGNED NOT NULL,       -- where the member belongs
  mbr_code VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  mbr_name VARCHAR(120) NOT NULL,
  mbr_phone VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL,  -- E.164; families share one
  mbr_joined_date DATE NOT NULL,
  mbr_version INT UNSIGNED NOT NULL DEFAULT 1,  -- two people editing: the second is told
  mbr_nonce CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  mbr_created_at DATETIME(3) NOT NULL,
  PRIMARY KEY (mbr_compcode, id),
  KEY mbr_id (id),
  UNIQUE KEY mbr_code (mbr_compcode, mbr_code),
  UNIQUE KEY mbr_nonce (mbr_compcode, mbr_nonce),
  KEY mbr_name (mbr_compcode, mbr_name),
  KEY mbr_phone (mbr_compcode, mbr_phone),
  CONSTRAINT mbr_branch FOREIGN KEY (mbr_compcode, mbr_branch_id)
    REFERENCES mst_branches (brn_compcode, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE mst_membership_plans (
  plan_compcode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  plan_branch_id BIGINT UNSIGNED NULL,          -- NULL: all branches
  plan_name VARCHAR(120) NOT NULL,
  plan_days SMALLINT UNSIGNED NOT NULL,
  plan_price BIGINT NOT NULL,
  plan_status VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'ACTIVE',
  plan_nonce CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  plan_created_at DATETIME(3) NOT NULL,
  PRIMARY KEY (plan_compcode, id),
  KEY plan_id (id),
  UNIQUE KEY plan_nonce (plan_compcode, plan_nonce),
  CONSTRAINT plan_company FOREIGN KEY (plan_compcode)
    REFERENCES mst_companies (cmp_compcode),
  CONSTRAINT plan_branch FOREIGN KEY (plan_compcode, plan_branch_id)
    REFERENCES mst_branches (brn_compcode, id),
  CONSTRAINT plan_sane CHECK (plan_days > 0 AND plan_price >= 0
    AND plan_status IN ('ACTIVE', 'CLOSED'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE trn_member_subscriptions (
  ms_compcode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  ms_member_id BIGINT UNSIGNED NOT NULL,
  ms_plan_id BIGINT UNSIGNED NULL,
  ms_branch_id BIGINT UNSIGNED NULL,            -- NULL: all branches
  ms_start_date DATE NOT NULL,
  ms_end_date DATE NOT NULL,                    -- included; freezes never change it
  ms_amount BIGINT NOT NULL DEFAULT 0,
  ms_status VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'ACTIVE',
  ms_nonce CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ms_created_at DATETIME(3) NOT NULL,
  PRIMARY KEY (ms_compcode, id),
  KEY ms_id (id),
  UNIQUE KEY ms_nonce (ms_compcode, ms_nonce),
  KEY ms_member (ms_compcode, ms_member_id, ms_status, ms_start_date, ms_end_date, ms_branch_id),
  CONSTRAINT ms_member FOREIGN KEY (ms_compcode, ms_member_id)
    REFERENCES mst_members_lists (mbr_compcode, id),
  CONSTRAINT ms_plan FOREIGN KEY (ms_compcode, ms_plan_id)
    REFERENCES mst_membership_plans (plan_compcode, id),
  CONSTRAINT ms_branch FOREIGN KEY (ms_compcode, ms_branch_id)
    REFERENCES mst_branches (brn_compcode, id),
  CONSTRAINT ms_sane CHECK (ms_end_date >= ms_start_date AND ms_amount >= 0
    AND ms_status IN ('ACTIVE', 'VOID'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Days on which a membership rests: FREEZE moves the coverage behind it,
-- INACTIVE only closes the door.  frz_to is included; NULL: until further notice.
CREATE TABLE trn_member_freezes (
  frz_compcode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  frz_member_id BIGINT UNSIGNED NOT NULL,
  frz_kind VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'FREEZE',
  frz_from DATE NOT NULL,
  frz_to DATE NULL,
  frz_note VARCHAR(200) NOT NULL DEFAULT '',
  frz_nonce CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  frz_created_at DATETIME(3) NOT NULL,
  PRIMARY KEY (frz_compcode, id),
  KEY frz_id (id),
  UNIQUE KEY frz_nonce (frz_compcode, frz_nonce),
  KEY frz_member (frz_compcode, frz_member_id, frz_from, frz_to, frz_kind),
  CONSTRAINT frz_member FOREIGN KEY (frz_compcode, frz_member_id)
    REFERENCES mst_members_lists (mbr_compcode, id),
  CONSTRAINT frz_sane CHECK ((frz_to IS NULL OR frz_to >= frz_from)
    AND frz_kind IN ('FREEZE', 'INACTIVE'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- How many members were active, expiring, expired on a day: computed by the
-- rule itself, kept while the company's revision and the day stand.
CREATE TABLE trn_membership_counts (
  mct_compcode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  mct_branch_key BIGINT UNSIGNED NOT NULL,      -- 0: all branches
  mct_date DATE NOT NULL,
  mct_revision BIGINT UNSIGNED NOT NULL,
  mct_active INT UNSIGNED NOT NULL,
  mct_expiring INT UNSIGNED NOT NULL,
  mct_expired INT UNSIGNED NOT NULL,
  PRIMARY KEY (mct_compcode, mct_branch_key),
  CONSTRAINT mct_company FOREIGN KEY (mct_compcode)
    REFERENCES mst_companies (cmp_compcode)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- A terminal belongs to one company at a time; a row for each time it did.
-- Then what its bridge reported last.
CREATE TABLE mst_devices (
  dev_compcode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  dev_sn VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  dev_branch_id BIGINT UNSIGNED NOT NULL,
  dev_name VARCHAR(120) NOT NULL,
  dev_start DATE NOT NULL,                      -- punches before this day do not count
  dev_from_at DATETIME(3) NOT NULL,
  dev_to_at DATETIME(3) NULL,
  dev_open_sn VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin
    AS (CASE WHEN dev_to_at IS NULL THEN dev_sn END) STORED,
  dev_seen_at DATETIME(3) NULL,                 -- of the last report, as all below
  dev_firmware VARCHAR(64) NULL,
  dev_platform VARCHAR(64) NULL,
  dev_mac VARCHAR(32) NULL,
  dev_log_count INT UNSIGNED NULL,
  dev_log_capacity INT UNSIGNED NULL,
  dev_user_count INT UNSIGNED NULL,
  dev_clock_offset INT NULL,                    -- seconds ahead
  dev_waiting INT UNSIGNED NULL,
  dev_parked INT UNSIGNED NULL,
  dev_last_punch DATETIME NULL,
  dev_last_error VARCHAR(200) NULL,
  dev_bridge_version VARCHAR(32) NULL,
  PRIMARY KEY (dev_compcode, id),
  KEY dev_id (id),
  UNIQUE KEY dev_open (dev_open_sn),
  KEY dev_company (dev_compcode, dev_open_sn),
  CONSTRAINT dev_branch FOREIGN KEY (dev_compcode, dev_branch_id)
    REFERENCES mst_branches (brn_compcode, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Whose finger a number at a terminal is.  Holds from mbm_from to mbm_to
-- (excluded; NULL: open), wall clock of the branch; the punch's time picks it.
CREATE TABLE trn_member_biometric_mappings (
  mbm_compcode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  mbm_device_sn VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  mbm_device_user_id VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  mbm_member_id BIGINT UNSIGNED NOT NULL,
  mbm_from DATETIME NOT NULL,
  mbm_to DATETIME NULL,
  mbm_status VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin
    AS (CASE WHEN mbm_to IS NULL THEN 'ACTIVE' ELSE 'INACTIVE' END) STORED,
  mbm_open_user_id VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin
    AS (CASE WHEN mbm_to IS NULL THEN mbm_device_user_id END) STORED,
  mbm_nonce CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  mbm_created_at DATETIME(3) NOT NULL,
  PRIMARY KEY (mbm_compcode, id),
  KEY mbm_id (id),
  UNIQUE KEY mbm_open (mbm_compcode, mbm_device_sn, mbm_open_user_id),
  UNIQUE KEY mbm_nonce (mbm_compcode, mbm_nonce),
  KEY mbm_user (mbm_compcode, mbm_device_sn, mbm_device_user_id, mbm_from),
  KEY mbm_member (mbm_compcode, mbm_member_id),
  CONSTRAINT mbm_member FOREIGN KEY (mbm_compcode, mbm_member_id)
    REFERENCES mst_members_lists (mbr_compcode, id),
  CONSTRAINT mbm_sane CHECK (mbm_to IS NULL OR mbm_to >= mbm_from)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Every punch of a known member, ALLOWED or DENIED, each once.  A row is never
-- judged again and never changes member; a correction is a row that names it.
CREATE TABLE trn_member_attendances (
  att_compcode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  att_branch_id BIGINT UNSIGNED NOT NULL,
  att_member_id BIGINT UNSIGNED NOT NULL,
  att_device_user_id VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  att_device_sn VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  att_punch_time DATETIME NOT NULL,
  att_punch_date DATE AS (CAST(att_punch_time AS DATE)) STORED,
  -- the duplicate rule: one punch a member and minute; corrections stand beside
  att_punch_minute DATETIME AS (CASE WHEN att_corrects_id IS NULL THEN
    att_punch_time - INTERVAL SECOND(att_punch_time) SECOND END) STORED,
  att_status VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  att_reason VARCHAR(64) NULL,
  att_warning VARCHAR(64) NULL,
  att_time_source VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'TERMINAL',
  att_time_raw VARCHAR(64) NULL,                -- what came, where it could not be read
  att_clock_offset INT NULL,
  att_is_late TINYINT NOT NULL DEFAULT 0,
  att_received_at DATETIME(3) NOT NULL,
  att_corrects_id BIGINT UNSIGNED NULL,
  PRIMARY KEY (att_compcode, id),
  KEY att_id (id),
  UNIQUE KEY att_minute (att_compcode, att_member_id, att_punch_minute),
  -- covers the counts of a day, and the feed in its order
  KEY att_day (att_compcode, att_punch_date, att_punch_time, att_status, att_branch_id, att_corrects_id),
  KEY att_arrival (att_compcode, att_received_at),
  KEY att_corrects (att_compcode, att_corrects_id),
  CONSTRAINT att_member FOREIGN KEY (att_compcode, att_member_id)
    REFERENCES mst_members_lists (mbr_compcode, id),
  CONSTRAINT att_branch FOREIGN KEY (att_compcode, att_branch_id)
    REFERENCES mst_branches (brn_compcode, id),
  CONSTRAINT att_corrects FOREIGN KEY (att_compcode, att_corrects_id)
    REFERENCES trn_member_attendances (att_compcode, id),
  CONSTRAINT att_sane CHECK (att_status IN ('ALLOWED', 'DENIED')
    AND att_time_source IN ('TERMINAL', 'SERVER', 'BRIDGE'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Every punch received that is not attendance.  TAKEN: it has become one.
CREATE TABLE trn_punch_inbox (
  pin_compcode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  pin_branch_id BIGINT UNSIGNED NOT NULL,
  pin_device_sn VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  pin_device_user_id VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  pin_punch_time DATETIME NOT NULL,
  pin_state VARCHAR(9) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  pin_time_source VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'TERMINAL',
  pin_time_raw VARCHAR(64) NULL,
  pin_clock_offset INT NULL,
  pin_received_at DATETIME(3) NOT NULL,
  PRIMARY KEY (pin_compcode, id),
  KEY pin_id (id),
  UNIQUE KEY pin_once (pin_compcode, pin_device_sn, pin_device_user_id, pin_punch_time),
  KEY pin_state (pin_compcode, pin_state, pin_punch_time),
  KEY pin_arrival (pin_compcode, pin_received_at),
  CONSTRAINT pin_branch FOREIGN KEY (pin_compcode, pin_branch_id)
    REFERENCES mst_branches (brn_compcode, id),
  CONSTRAINT pin_sane CHECK (
    pin_state IN ('UNMAPPED', 'REPEAT', 'CLOCK', 'TAKEN', 'DISMISSED')
    AND pin_time_source IN ('TERMINAL', 'SERVER', 'BRIDGE'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Who changed which fields of what, when, from where; only ever inserted.
-- Names of fields and ids, never values.
CREATE TABLE trn_audit_trails (
  aud_compcode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  aud_at DATETIME(3) NOT NULL,
  aud_user_id BIGINT UNSIGNED NULL,             -- NULL: the command line
  aud_action VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  aud_table VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  aud_row VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  aud_fields VARCHAR(400) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  aud_address VARCHAR(45) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  PRIMARY KEY (aud_compcode, id),
  KEY aud_id (id),
  KEY aud_time (aud_compcode, aud_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
