-- 0005-gym-day.sql: what staff do all day: states, payments, consents, photos
--
-- Receipts: numbered without gaps per company and financial year (which begins
-- in April; 2026 stands for 2026-27), so the number is drawn from a counter
-- whose row is held until the payment is committed.

ALTER TABLE mst_companies
  ADD COLUMN cmp_phone_code VARCHAR(4) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '91',
  ADD COLUMN cmp_address VARCHAR(300) NOT NULL DEFAULT '',
  ADD COLUMN cmp_gstin VARCHAR(15) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN cmp_tax_rate SMALLINT UNSIGNED NOT NULL DEFAULT 0,  -- hundredths of a percent, within the price
  ADD COLUMN cmp_receipt_prefix VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  ADD COLUMN cmp_receipt_note VARCHAR(200) NOT NULL DEFAULT '',
  ADD COLUMN cmp_version INT UNSIGNED NOT NULL DEFAULT 1;

ALTER TABLE mst_branches
  ADD COLUMN brn_version INT UNSIGNED NOT NULL DEFAULT 1;

-- How a member stands, by the rule itself (admit), so that lists can be drawn
-- by it: computed anew when mbr_state_to has passed, or a write to
-- subscriptions or freezes has set it back to the beginning.
ALTER TABLE mst_members_lists
  ADD COLUMN mbr_email VARCHAR(254) NULL AFTER mbr_phone,
  ADD COLUMN mbr_notes VARCHAR(2000) NOT NULL DEFAULT '' AFTER mbr_joined_date,
  ADD COLUMN mbr_state VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'NONE',
  ADD COLUMN mbr_until DATE NULL,               -- last day of the unbroken coverage; of one that ended, its end
  ADD COLUMN mbr_state_to DATE NOT NULL DEFAULT '1000-01-01',  -- the last day on which both hold
  ADD COLUMN mbr_erased_at DATETIME(3) NULL,
  ADD KEY mbr_state (mbr_compcode, mbr_state, mbr_name),
  ADD KEY mbr_until (mbr_compcode, mbr_until),
  ADD KEY mbr_joined (mbr_compcode, mbr_joined_date),
  ADD KEY mbr_stale (mbr_compcode, mbr_state_to),
  ADD CONSTRAINT mbr_state_known CHECK (mbr_state IN
    ('ACTIVE', 'NONE', 'EXPIRED', 'FUTURE', 'FROZEN', 'INACTIVE'));

-- What was paid is kept beside the price, in the transaction of each payment:
-- dues are a list, not a sum over all payments.
ALTER TABLE trn_member_subscriptions
  ADD COLUMN ms_paid BIGINT NOT NULL DEFAULT 0 AFTER ms_amount,
  ADD COLUMN ms_user_id BIGINT UNSIGNED NULL AFTER ms_nonce;
-- from before payments were kept: nobody knows of a due
UPDATE trn_member_subscriptions SET ms_paid = ms_amount;
ALTER TABLE trn_member_subscriptions
  ADD COLUMN ms_due BIGINT AS (CASE WHEN ms_status = 'ACTIVE' AND ms_amount > ms_paid
    THEN ms_amount - ms_paid END) STORED AFTER ms_paid,
  ADD KEY ms_due (ms_compcode, ms_due);

CREATE TABLE trn_payments (
  pay_compcode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  pay_branch_id BIGINT UNSIGNED NOT NULL,
  pay_member_id BIGINT UNSIGNED NOT NULL,
  pay_subscription_id BIGINT UNSIGNED NOT NULL,
  pay_amount BIGINT NOT NULL,                   -- below 0 where it reverses another
  pay_method VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  pay_reference VARCHAR(64) NOT NULL DEFAULT '',
  pay_date DATE NOT NULL,                       -- the day at the branch
  pay_receipt_year SMALLINT UNSIGNED NOT NULL,
  pay_receipt_no INT UNSIGNED NOT NULL,
  -- as they stood then: a receipt printed again is the same receipt
  pay_gstin VARCHAR(15) CHARACTER SET ascii COLLATE ascii_bin NULL,
  pay_tax_rate SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  pay_reverses_id BIGINT UNSIGNED NULL,
  pay_note VARCHAR(200) NOT NULL DEFAULT '',
  pay_user_id BIGINT UNSIGNED NULL,             -- NULL: from before, or imported
  pay_nonce CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  pay_created_at DATETIME(3) NOT NULL,
  PRIMARY KEY (pay_compcode, id),
  KEY pay_id (id),
  UNIQUE KEY pay_receipt (pay_compcode, pay_receipt_year, pay_receipt_no),
  UNIQUE KEY pay_reverses (pay_compcode, pay_reverses_id),
  UNIQUE KEY pay_nonce (pay_compcode, pay_nonce),
  KEY pay_date (pay_compcode, pay_date),
  KEY pay_member (pay_compcode, pay_member_id),
  KEY pay_subscription (pay_compcode, pay_subscription_id),
  CONSTRAINT pay_branch FOREIGN KEY (pay_compcode, pay_branch_id)
    REFERENCES mst_branches (brn_compcode, id),
  CONSTRAINT pay_member FOREIGN KEY (pay_compcode, pay_member_id)
    REFERENCES mst_members_lists (mbr_compcode, id),
  CONSTRAINT pay_subscription FOREIGN KEY (pay_compcode, pay_subscription_id)
    REFERENCES trn_member_subscriptions (ms_compcode, id),
  CONSTRAINT pay_reverses FOREIGN KEY (pay_compcode, pay_reverses_id)
    REFERENCES trn_payments (pay_compcode, id),
  CONSTRAINT pay_sane CHECK (pay_method IN ('CASH', 'UPI', 'CARD', 'BANK')
    AND pay_amount <> 0 AND (pay_amount < 0) = (pay_reverses_id IS NOT NULL))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE trn_receipt_counters (
  rcc_compcode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  rcc_year SMALLINT UNSIGNED NOT NULL,
  rcc_last INT UNSIGNED NOT NULL,
  PRIMARY KEY (rcc_compcode, rcc_year),
  CONSTRAINT rcc_company FOREIGN KEY (rcc_compcode)
    REFERENCES mst_companies (cmp_compcode)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Given and withdrawn, each a row: the newest of a kind holds.
CREATE TABLE trn_member_consents (
  cns_compcode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  cns_member_id BIGINT UNSIGNED NOT NULL,
  cns_kind VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  cns_is_given TINYINT NOT NULL,
  cns_user_id BIGINT UNSIGNED NULL,
  cns_at DATETIME(3) NOT NULL,
  PRIMARY KEY (cns_compcode, id),
  KEY cns_id (id),
  KEY cns_member (cns_compcode, cns_member_id, cns_kind),
  CONSTRAINT cns_member FOREIGN KEY (cns_compcode, cns_member_id)
    REFERENCES mst_members_lists (mbr_compcode, id),
  CONSTRAINT cns_kind_known CHECK (cns_kind IN ('BIOMETRICS', 'PHOTO', 'MESSAGES'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Written by us, whatever was sent: JPEG without any metadata.
CREATE TABLE trn_member_photos (
  pho_compcode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  pho_member_id BIGINT UNSIGNED NOT NULL,
  pho_large MEDIUMBLOB NOT NULL,
  pho_small BLOB NOT NULL,
  pho_at DATETIME(3) NOT NULL,
  PRIMARY KEY (pho_compcode, pho_member_id),
  CONSTRAINT pho_member FOREIGN KEY (pho_compcode, pho_member_id)
    REFERENCES mst_members_lists (mbr_compcode, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- STAFF: written in by hand, at no terminal (then att_device_sn is '').
-- A correction is a row that names the one it corrects and says how that
-- counts from now on; VOID: not at all.
ALTER TABLE trn_member_attendances
  ADD COLUMN att_note VARCHAR(200) NULL AFTER att_corrects_id,
  ADD COLUMN att_user_id BIGINT UNSIGNED NULL AFTER att_note,
  DROP CONSTRAINT att_sane,
  ADD CONSTRAINT att_known CHECK (att_status IN ('ALLOWED', 'DENIED', 'VOID')
    AND (att_status <> 'VOID' OR att_corrects_id IS NOT NULL)
    AND att_time_source IN ('TERMINAL', 'SERVER', 'BRIDGE', 'STAFF'));

ALTER TABLE trn_punch_inbox
  ADD COLUMN pin_was VARCHAR(9) CHARACTER SET ascii COLLATE ascii_bin NULL,  -- before it was dismissed
  ADD COLUMN pin_user_id BIGINT UNSIGNED NULL,  -- who settled it
  ADD COLUMN pin_settled_at DATETIME(3) NULL,
  DROP CONSTRAINT pin_sane,
  ADD CONSTRAINT pin_known CHECK (
    pin_state IN ('UNMAPPED', 'REPEAT', 'CLOCK', 'TAKEN', 'DISMISSED')
    AND pin_time_source IN ('TERMINAL', 'SERVER', 'BRIDGE', 'STAFF'));
