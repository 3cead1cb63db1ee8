-- 0006-mapping-lists.sql: keys for the pages of mappings, inbox and attendance

-- Numbers in the order in which people count: 2 before 10.
ALTER TABLE trn_member_biometric_mappings
  ADD COLUMN mbm_open_order CHAR(24) CHARACTER SET ascii COLLATE ascii_bin
    AS (CASE WHEN mbm_to IS NULL THEN LPAD(mbm_device_user_id, 24, '0') END) STORED
    AFTER mbm_open_user_id,
  ADD KEY mbm_order (mbm_compcode, mbm_device_sn, mbm_open_order);

ALTER TABLE trn_device_users
  ADD COLUMN dvu_order CHAR(24) CHARACTER SET ascii COLLATE ascii_bin
    AS (LPAD(dvu_user_id, 24, '0')) STORED,
  ADD KEY dvu_order (dvu_compcode, dvu_device_sn, dvu_order);

-- Groups of the inbox: how often and when, from the key alone.
ALTER TABLE trn_punch_inbox
  ADD KEY pin_group (pin_compcode, pin_state, pin_device_sn, pin_device_user_id,
    pin_punch_time, pin_branch_id);
