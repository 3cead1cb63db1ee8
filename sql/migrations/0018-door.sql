-- 0018-door.sql: the rule grows, and its decision reaches the door
--
-- cmp_modes: what each reason does, a letter each: R refuses, W warns, I is
-- ignored; in the order none, expired, not started, frozen, inactive, overdue,
-- visits, hours, day limit (gym/access_rules.c).  cmp_door_revision is bumped
-- by what changes who may enter, but not how members stand: used visits,
-- refusals that are counted, rules, days on which somebody is let in.
ALTER TABLE mst_companies
  ADD COLUMN cmp_modes CHAR(9) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'RRRRRIRRR',
  ADD COLUMN cmp_grace_days TINYINT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN cmp_overdue_amount BIGINT NOT NULL DEFAULT 0,      -- dues of less are let be
  ADD COLUMN cmp_overdue_days SMALLINT UNSIGNED NOT NULL DEFAULT 7,  -- after its first day
  ADD COLUMN cmp_day_visits TINYINT UNSIGNED NOT NULL DEFAULT 0,     -- 0: any number
  ADD COLUMN cmp_visit_minutes SMALLINT UNSIGNED NOT NULL DEFAULT 120,  -- so long touches are one visit
  ADD COLUMN cmp_door_revision BIGINT UNSIGNED NOT NULL DEFAULT 1;

-- visits: NULL is without number.  hours: NULL is always, else windows of 10
-- characters (gym/plan_hours.h).  A subscription keeps both as it was sold.
ALTER TABLE mst_membership_plans
  ADD COLUMN plan_visits SMALLINT UNSIGNED NULL AFTER plan_days,
  ADD COLUMN plan_hours VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NULL AFTER plan_visits,
  ADD CONSTRAINT plan_visits_sane CHECK (plan_visits > 0);

ALTER TABLE trn_member_subscriptions
  ADD COLUMN ms_visits SMALLINT UNSIGNED NULL AFTER ms_end_date,
  ADD COLUMN ms_hours VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NULL AFTER ms_visits,
  DROP KEY ms_member,
  ADD KEY ms_member (ms_compcode, ms_member_id, ms_status, ms_start_date, ms_end_date,
    ms_branch_id, ms_plan_id, ms_visits, ms_hours, ms_due),
  ADD CONSTRAINT ms_visits_sane CHECK (ms_visits > 0);

-- A visit of a pack: one a day, however often somebody touches.
CREATE TABLE trn_used_visits (
  uvs_compcode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  uvs_subscription_id BIGINT UNSIGNED NOT NULL,
  uvs_date DATE NOT NULL,                       -- the day of the punch at its branch
  uvs_attendance_id BIGINT UNSIGNED NOT NULL,   -- that used it
  PRIMARY KEY (uvs_compcode, uvs_subscription_id, uvs_date),
  KEY uvs_attendance (uvs_compcode, uvs_attendance_id),
  CONSTRAINT uvs_subscription FOREIGN KEY (uvs_compcode, uvs_subscription_id)
    REFERENCES trn_member_subscriptions (ms_compcode, id),
  CONSTRAINT uvs_attendance FOREIGN KEY (uvs_compcode, uvs_attendance_id)
    REFERENCES trn_member_attendances (att_compcode, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Somebody at the desk has let a member in for a day, whatever the rule says.
CREATE TABLE trn_access_overrides (
  ovr_compcode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  ovr_member_id BIGINT UNSIGNED NOT NULL,
  ovr_date DATE NOT NULL,
  ovr_note VARCHAR(200) NOT NULL,
  ovr_user_id BIGINT UNSIGNED NULL,
  ovr_nonce CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ovr_created_at DATETIME(3) NOT NULL,
  PRIMARY KEY (ovr_compcode, id),
  KEY ovr_id (id),
  UNIQUE KEY ovr_day (ovr_compcode, ovr_member_id, ovr_date),
  UNIQUE KEY ovr_nonce (ovr_compcode, ovr_nonce),
  CONSTRAINT ovr_member FOREIGN KEY (ovr_compcode, ovr_member_id)
    REFERENCES mst_members_lists (mbr_compcode, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- How a terminal closes its door to a user, and since when it does; then what
-- its bridge reported of that last.
ALTER TABLE mst_devices
  ADD COLUMN dev_is_exit BOOLEAN NOT NULL DEFAULT 0,            -- read on the way out
  ADD COLUMN dev_has_relay BOOLEAN NOT NULL DEFAULT 0,
  ADD COLUMN dev_unlock_seconds TINYINT UNSIGNED NOT NULL DEFAULT 5,
  ADD COLUMN dev_lever VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'DISABLE',
  ADD COLUMN dev_lever_value TINYINT UNSIGNED NOT NULL DEFAULT 0,  -- the closed group or time zone
  ADD COLUMN dev_enforced_at DATETIME(3) NULL,                  -- NULL: off
  ADD COLUMN dev_block_after TINYINT UNSIGNED NOT NULL DEFAULT 2,  -- refused visits
  ADD COLUMN dev_trial_at DATETIME(3) NULL,                     -- a trial with this lever went well
  ADD KEY dev_enforced (dev_compcode, dev_enforced_at),
  ADD COLUMN dev_door_at DATETIME(3) NULL,                      -- of the last report, as all below
  ADD COLUMN dev_door_list_at DATETIME(3) NULL,                 -- the list was current then
  ADD COLUMN dev_door_differing INT UNSIGNED NULL,              -- users not yet as the list wants
  ADD COLUMN dev_door_trouble VARCHAR(200) NULL,
  ADD CONSTRAINT dev_lever_known CHECK (dev_lever IN ('DISABLE', 'GROUP', 'ZONE'));

-- Users whom a bridge holds closed, would close or cannot; as it told last.
CREATE TABLE trn_device_blocks (
  dvb_compcode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  dvb_device_sn VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  dvb_user_id VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  dvb_state VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  dvb_kind VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  dvb_words VARCHAR(200) NOT NULL DEFAULT '',
  dvb_since_at DATETIME(3) NOT NULL,
  PRIMARY KEY (dvb_compcode, dvb_device_sn, dvb_user_id),
  CONSTRAINT dvb_company FOREIGN KEY (dvb_compcode)
    REFERENCES mst_companies (cmp_compcode),
  CONSTRAINT dvb_known CHECK (dvb_state IN ('BLOCKED', 'PENDING', 'FAILED', 'BANNED')
    AND dvb_kind IN ('ENDED', 'HOURS'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- The owner has agreed that these are closed, though many are at once.
CREATE TABLE trn_device_approvals (
  dva_compcode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  dva_device_sn VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  dva_user_id VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  dva_kind VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  dva_by BIGINT UNSIGNED NULL,
  dva_at DATETIME(3) NOT NULL,
  PRIMARY KEY (dva_compcode, dva_device_sn, dva_user_id, dva_kind),
  CONSTRAINT dva_company FOREIGN KEY (dva_compcode)
    REFERENCES mst_companies (cmp_compcode),
  CONSTRAINT dva_known CHECK (dva_kind IN ('ENDED', 'HOURS'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Orders for a terminal, carried over its bridge's event stream.  One that
-- waits beyond cmd_expires_at has failed.
CREATE TABLE trn_device_commands (
  cmd_compcode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  cmd_device_sn VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  cmd_kind VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  cmd_user_id VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NULL,  -- at the terminal
  cmd_seconds TINYINT UNSIGNED NULL,            -- of UNLOCK
  cmd_note VARCHAR(200) NOT NULL DEFAULT '',
  cmd_state VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'WAITING',
  cmd_words VARCHAR(200) NOT NULL DEFAULT '',   -- why it failed
  cmd_templates_before INT UNSIGNED NULL,       -- that the terminal counts
  cmd_templates_after INT UNSIGNED NULL,
  cmd_by BIGINT UNSIGNED NULL,
  cmd_nonce CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  cmd_created_at DATETIME(3) NOT NULL,
  cmd_expires_at DATETIME(3) NOT NULL,
  cmd_ended_at DATETIME(3) NULL,
  PRIMARY KEY (cmd_compcode, id),
  KEY cmd_id (id),
  KEY cmd_device (cmd_compcode, cmd_device_sn, cmd_state, cmd_expires_at),
  UNIQUE KEY cmd_nonce (cmd_compcode, cmd_nonce),
  CONSTRAINT cmd_company FOREIGN KEY (cmd_compcode)
    REFERENCES mst_companies (cmp_compcode),
  CONSTRAINT cmd_known CHECK (cmd_kind IN ('UNLOCK', 'BLOCK', 'FREE')
    AND cmd_state IN ('WAITING', 'DONE', 'FAILED'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
