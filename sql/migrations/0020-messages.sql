-- 0020-messages.sql: reminders to members, each sent once
--
-- Found and sent by gymgate-remind.  No secret stands here: the tokens of the
-- service are files that only the sender can read.

-- mbr_birth_date: NULL is not known, and then nobody is told that they stay
-- away (it may be a child).  mbr_unreached_phone: the number that the service
-- could not reach; it counts while it is the member's.
ALTER TABLE mst_members_lists
  ADD COLUMN mbr_birth_date DATE NULL AFTER mbr_joined_date,
  ADD COLUMN mbr_unreached_phone VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL;

-- Who said so: somebody at the desk, or the member in a message (STOP, START).
ALTER TABLE trn_member_consents
  ADD COLUMN cns_source VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'STAFF',
  ADD CONSTRAINT cns_source_known CHECK (cns_source IN ('STAFF', 'MESSAGE'));

-- How a company sends: a row of its own, made when it is first needed.
CREATE TABLE mst_messaging (
  mgs_compcode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  mgs_sender VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'HAND',
  -- at what time of day, by the clock of the member's branch; both the same: at any
  mgs_from TIME NOT NULL DEFAULT '09:00:00',
  mgs_to TIME NOT NULL DEFAULT '20:00:00',
  mgs_cap INT UNSIGNED NOT NULL DEFAULT 250,    -- messages in 24 hours
  mgs_version INT UNSIGNED NOT NULL DEFAULT 1,
  -- of the service: our number's id there, given by who runs the site
  mgs_phone_id VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  mgs_paused_at DATETIME(3) NULL,               -- nothing is sent until an owner goes on
  mgs_pause_code INT NULL,                      -- the service's
  mgs_pause_words VARCHAR(320) NULL,
  mgs_slow_to_at DATETIME(3) NULL,              -- it asked us to be slower
  mgs_slow_tries INT UNSIGNED NOT NULL DEFAULT 0,
  -- owners are to be told by mail of a pause, from the one after this id on
  mgs_warn_at DATETIME(3) NULL,
  mgs_warned_user_id BIGINT UNSIGNED NOT NULL DEFAULT 0,
  mgs_unknown_count BIGINT UNSIGNED NOT NULL DEFAULT 0,  -- events about no message of ours
  mgs_heard_at DATETIME(3) NULL,                -- the last event
  mgs_created_at DATETIME(3) NOT NULL,
  PRIMARY KEY (mgs_compcode),
  UNIQUE KEY mgs_phone_id (mgs_phone_id),
  KEY mgs_warn (mgs_warn_at),
  CONSTRAINT mgs_company FOREIGN KEY (mgs_compcode)
    REFERENCES mst_companies (cmp_compcode),
  CONSTRAINT mgs_sender_known CHECK (mgs_sender IN ('CLOUD', 'HAND'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- BEFORE and AFTER: so many days before and after the last one of the
-- membership; ON: on it, days 0; ABSENT: so many days after the last visit.
CREATE TABLE mst_message_rules (
  mrl_compcode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  mrl_kind VARCHAR(6) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  mrl_days SMALLINT UNSIGNED NOT NULL,
  mrl_is_on BOOLEAN NOT NULL DEFAULT 1,
  mrl_template VARCHAR(120) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,  -- its name at the service
  mrl_language VARCHAR(15) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'en',
  mrl_text VARCHAR(1000) NOT NULL,              -- "Hello {{first_name}}, ..."
  mrl_is_named BOOLEAN NOT NULL DEFAULT 0,      -- its parameters have names there, else numbers
  mrl_version INT UNSIGNED NOT NULL DEFAULT 1,
  mrl_paused_at DATETIME(3) NULL,               -- its template is not to be used
  mrl_pause_code INT NULL,
  mrl_pause_words VARCHAR(320) NULL,
  mrl_created_at DATETIME(3) NOT NULL,
  PRIMARY KEY (mrl_compcode, id),
  KEY mrl_id (id),
  UNIQUE KEY mrl_once (mrl_compcode, mrl_kind, mrl_days),
  CONSTRAINT mrl_company FOREIGN KEY (mrl_compcode)
    REFERENCES mst_companies (cmp_compcode),
  CONSTRAINT mrl_kind_known CHECK (mrl_kind IN ('ABSENT', 'AFTER', 'BEFORE', 'ON')
    AND (mrl_kind = 'ON') = (mrl_days = 0))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- A message to a member, by a rule, about a day: the last of the membership, or
-- of the visits.  A test goes to a number of somebody else (msg_to), and is the
-- so manieth of that day.
CREATE TABLE trn_messages (
  msg_compcode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  msg_branch_id BIGINT UNSIGNED NOT NULL,       -- the member's
  msg_member_id BIGINT UNSIGNED NOT NULL,
  msg_kind VARCHAR(6) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  msg_days SMALLINT UNSIGNED NOT NULL,
  msg_anchor_date DATE NOT NULL,
  msg_serial SMALLINT UNSIGNED NOT NULL DEFAULT 0,  -- 0: a reminder; else a test
  msg_to VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL,
  msg_state VARCHAR(9) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  msg_reason VARCHAR(9) CHARACTER SET ascii COLLATE ascii_bin NULL,  -- why it was skipped
  msg_tries INT UNSIGNED NOT NULL DEFAULT 0,
  msg_due_at DATETIME(3) NULL,                  -- DUE: not before; SENDING: its claim ends
  msg_wamid VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NULL,  -- the service's id of it
  msg_code INT NULL,                            -- the service's, of the last try that failed
  msg_error VARCHAR(320) NULL,                  -- in its words
  msg_text VARCHAR(1500) NULL,                  -- as it was sent
  msg_is_by_hand BOOLEAN NOT NULL DEFAULT 0,
  msg_user_id BIGINT UNSIGNED NULL,             -- who sent, asked for or settled it
  msg_nonce CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  msg_created_at DATETIME(3) NOT NULL,
  msg_sent_at DATETIME(3) NULL,                 -- the last try
  msg_accepted_at DATETIME(3) NULL,
  msg_delivered_at DATETIME(3) NULL,
  msg_read_at DATETIME(3) NULL,
  msg_failed_at DATETIME(3) NULL,
  PRIMARY KEY (msg_compcode, id),
  KEY msg_id (id),
  UNIQUE KEY msg_once (msg_compcode, msg_member_id, msg_kind, msg_days, msg_anchor_date, msg_serial),
  UNIQUE KEY msg_wamid (msg_compcode, msg_wamid),
  UNIQUE KEY msg_nonce (msg_compcode, msg_nonce),
  KEY msg_due (msg_compcode, msg_state, msg_due_at),
  KEY msg_sent (msg_compcode, msg_sent_at),
  CONSTRAINT msg_branch FOREIGN KEY (msg_compcode, msg_branch_id)
    REFERENCES mst_branches (brn_compcode, id),
  CONSTRAINT msg_member FOREIGN KEY (msg_compcode, msg_member_id)
    REFERENCES mst_members_lists (mbr_compcode, id),
  CONSTRAINT msg_known CHECK (msg_kind IN ('ABSENT', 'AFTER', 'BEFORE', 'ON')
    AND msg_state IN ('DUE', 'SENDING', 'UNKNOWN', 'ACCEPTED', 'FAILED', 'DELIVERED', 'READ', 'SKIPPED')
    AND (msg_state = 'SKIPPED') = (msg_reason IS NOT NULL)
    AND (msg_state IN ('DUE', 'SENDING')) = (msg_due_at IS NOT NULL)
    AND (msg_serial = 0) = (msg_to IS NULL))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- What the service has told us, as it came: stored first, worked off later, and
-- then gone, for it holds telephone numbers and what members wrote.
CREATE TABLE trn_whatsapp_events (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  wev_body MEDIUMBLOB NOT NULL,
  wev_received_at DATETIME(3) NOT NULL,
  wev_tries INT UNSIGNED NOT NULL DEFAULT 0,
  wev_due_at DATETIME(3) NOT NULL,
  PRIMARY KEY (id),
  KEY wev_due (wev_due_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
