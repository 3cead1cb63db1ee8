-- queries.sql: every statement the programs run, by name
--
-- stmts.awk turns this file into an enum and texts; the server reads all of them
-- when a program connects, and each is prepared at its first use.  Values are bound in the order of the question marks.
-- Lists of punches travel as a JSON array of arrays.

-- ---- companies, branches -------------------------------------------------

-- name: company_add
INSERT INTO mst_companies (cmp_compcode, cmp_name, cmp_currency, cmp_created_at)
VALUES (?, ?, ?, ?);

-- name: company_find    with the zone of its first branch
SELECT c.cmp_name, c.cmp_expiring_days, c.cmp_inside_minutes, c.cmp_absent_days,
       c.cmp_address, c.cmp_receipt_prefix, c.cmp_receipt_note, b.id, b.brn_zone
  FROM mst_companies c
  LEFT JOIN mst_branches b ON b.brn_compcode = c.cmp_compcode
 WHERE c.cmp_compcode = ?
 ORDER BY b.id LIMIT 1;

-- name: company_settings
SELECT cmp_name, cmp_currency, cmp_expiring_days, cmp_inside_minutes, cmp_absent_days, cmp_phone_code,
       cmp_address, cmp_gstin, cmp_tax_rate, cmp_receipt_prefix, cmp_receipt_note, cmp_version
  FROM mst_companies WHERE cmp_compcode = ?;

-- name: company_lock    while something of it is looked at and then changed
SELECT cmp_version FROM mst_companies WHERE cmp_compcode = ? FOR UPDATE;

-- name: company_edit
UPDATE mst_companies
   SET cmp_name = ?, cmp_currency = ?, cmp_expiring_days = ?, cmp_inside_minutes = ?,
       cmp_absent_days = ?, cmp_phone_code = ?, cmp_address = ?, cmp_gstin = ?, cmp_tax_rate = ?,
       cmp_receipt_prefix = ?, cmp_receipt_note = ?, cmp_version = cmp_version + 1
 WHERE cmp_compcode = ? AND cmp_version = ?;

-- name: company_is_paid    has it taken any money yet?
SELECT id FROM trn_payments WHERE pay_compcode = ? LIMIT 1;

-- name: company_list
SELECT cmp_compcode, cmp_name, cmp_status FROM mst_companies
 ORDER BY cmp_compcode LIMIT 10000;

-- name: company_bump    what was computed of its members holds no longer
UPDATE mst_companies SET cmp_revision = cmp_revision + 1 WHERE cmp_compcode = ?;

-- name: company_bump_door    ... but how they stand does
UPDATE mst_companies SET cmp_door_revision = cmp_door_revision + 1 WHERE cmp_compcode = ?;

-- name: company_revision
SELECT cmp_revision FROM mst_companies WHERE cmp_compcode = ?;

-- name: branch_add
INSERT INTO mst_branches (brn_compcode, brn_name, brn_zone, brn_created_at, brn_nonce, brn_opens, brn_closes)
VALUES (?, ?, ?, ?, ?, SEC_TO_TIME(? * 60), SEC_TO_TIME(? * 60));

-- name: branch_find_nonce    the one that this form has made
SELECT id FROM mst_branches WHERE brn_compcode = ? AND brn_nonce = ?;

-- name: branch_row
SELECT brn_name, brn_zone, TIME_TO_SEC(brn_opens) DIV 60, TIME_TO_SEC(brn_closes) DIV 60, brn_version
  FROM mst_branches WHERE brn_compcode = ? AND id = ?;

-- name: branch_edit
UPDATE mst_branches
   SET brn_name = ?, brn_zone = ?, brn_opens = SEC_TO_TIME(? * 60), brn_closes = SEC_TO_TIME(? * 60),
       brn_version = brn_version + 1
 WHERE brn_compcode = ? AND id = ? AND brn_version = ?;

-- name: branch_find
SELECT id, brn_zone FROM mst_branches WHERE brn_compcode = ? AND id = ?;

-- name: branch_find_name
SELECT id FROM mst_branches WHERE brn_compcode = ? AND brn_name = ?;

-- name: branch_list
SELECT id, brn_name, brn_zone FROM mst_branches
 WHERE brn_compcode = ? ORDER BY id LIMIT 1000;

-- ---- users, sessions -----------------------------------------------------

-- name: user_add
INSERT INTO mst_users (usr_email, usr_name, usr_password_hash, usr_created_at, usr_password_at)
VALUES (?, ?, ?, ?, ?);

-- name: user_find_email
SELECT id, usr_name, usr_password_hash, usr_status FROM mst_users
 WHERE usr_email = ?;

-- name: user_set_password
UPDATE mst_users SET usr_password_hash = ?, usr_password_at = ? WHERE id = ?;

-- name: user_set_name
UPDATE mst_users SET usr_name = ? WHERE id = ?;

-- name: user_set_last    company, to begin with at the next sign-in
UPDATE mst_users SET usr_last_compcode = ? WHERE id = ?;

-- name: user_lock    who gives them a role meanwhile waits, by its foreign key
SELECT id FROM mst_users WHERE id = ? FOR UPDATE;

-- name: user_places    has the person a role in the company, and in another?
SELECT COALESCE(MAX(url_compcode = ?), 0), COALESCE(MAX(url_compcode <> ?), 0)
  FROM trn_user_roles WHERE url_user_id = ?;

-- name: user_find_id
SELECT usr_email, usr_name, usr_password_hash FROM mst_users WHERE id = ?;

-- name: role_add
INSERT INTO trn_user_roles (url_compcode, url_user_id, url_branch_id, url_role, url_created_at, url_nonce)
VALUES (?, ?, ?, ?, ?, ?);

-- name: role_find_nonce    the one that this form has made
SELECT id FROM trn_user_roles WHERE url_compcode = ? AND url_nonce = ?;

-- name: role_rows    of a company, one or all; and whether the person has others elsewhere
SELECT r.id, r.url_user_id, u.usr_email, u.usr_name, r.url_role = 'OWNER', r.url_branch_id, b.brn_name,
       r.url_version, EXISTS (SELECT 1 FROM trn_user_roles o
         WHERE o.url_user_id = r.url_user_id AND o.url_compcode <> r.url_compcode)
  FROM trn_user_roles r
  JOIN mst_users u ON u.id = r.url_user_id
  LEFT JOIN mst_branches b ON b.brn_compcode = r.url_compcode AND b.id = r.url_branch_id
 WHERE r.url_compcode = ? AND (? IS NULL OR r.id = ?)
 ORDER BY u.usr_email, r.id LIMIT 1000;

-- name: role_lock_owners    those of all branches, who can sign in
SELECT r.id FROM trn_user_roles r
  JOIN mst_users u ON u.id = r.url_user_id
 WHERE r.url_compcode = ? AND r.url_role = 'OWNER' AND r.url_branch_id IS NULL
   AND u.usr_status = 'ACTIVE' LIMIT 1000 FOR UPDATE;

-- name: role_mine    of one person in a company
SELECT id, url_role = 'OWNER', url_branch_id FROM trn_user_roles
 WHERE url_compcode = ? AND url_user_id = ? LIMIT 1000;

-- name: role_change
UPDATE trn_user_roles SET url_role = ?, url_branch_id = ?, url_version = url_version + 1
 WHERE url_compcode = ? AND id = ? AND url_version = ?;

-- name: role_remove
DELETE FROM trn_user_roles WHERE url_compcode = ? AND id = ?;

-- name: role_companies    where a person may work
SELECT c.cmp_compcode, c.cmp_name, MAX(r.url_role = 'OWNER')
  FROM trn_user_roles r
  JOIN mst_companies c ON c.cmp_compcode = r.url_compcode AND c.cmp_status = 'ACTIVE'
 WHERE r.url_user_id = ?
 GROUP BY c.cmp_compcode, c.cmp_name ORDER BY c.cmp_name, c.cmp_compcode LIMIT 100;

-- name: role_first    the company a person sees after signing in: where they were last, if they may
SELECT r.url_compcode FROM trn_user_roles r
  JOIN mst_companies c ON c.cmp_compcode = r.url_compcode AND c.cmp_status = 'ACTIVE'
  JOIN mst_users u ON u.id = r.url_user_id
 WHERE r.url_user_id = ?
 ORDER BY r.url_compcode <=> u.usr_last_compcode DESC, r.url_compcode, r.id LIMIT 1;

-- name: role_list
SELECT u.usr_email, u.usr_name, r.url_role, COALESCE(b.brn_name, '')
  FROM trn_user_roles r
  JOIN mst_users u ON u.id = r.url_user_id
  LEFT JOIN mst_branches b ON b.brn_compcode = r.url_compcode AND b.id = r.url_branch_id
 WHERE r.url_compcode = ? ORDER BY u.usr_email LIMIT 1000;

-- name: session_add
INSERT INTO trn_sessions (ses_hash, ses_user_id, ses_compcode, ses_created_at, ses_seen_at, ses_expires_at)
VALUES (?, ?, ?, ?, ?, ?);

-- name: session_find    who it is and what the role allows, now; the widest role first
SELECT s.ses_user_id, s.ses_compcode, s.ses_seen_at, s.ses_expires_at,
       u.usr_name, c.cmp_name, c.cmp_currency, c.cmp_phone_code, r.url_role = 'OWNER', r.url_branch_id
  FROM trn_sessions s
  JOIN mst_users u ON u.id = s.ses_user_id AND u.usr_status = 'ACTIVE'
  JOIN mst_companies c ON c.cmp_compcode = s.ses_compcode AND c.cmp_status = 'ACTIVE'
  JOIN trn_user_roles r ON r.url_compcode = s.ses_compcode AND r.url_user_id = s.ses_user_id
 WHERE s.ses_hash = ?
 ORDER BY r.url_role = 'OWNER' DESC, r.url_branch_key LIMIT 1;

-- name: session_touch
UPDATE trn_sessions SET ses_seen_at = ? WHERE ses_hash = ?;

-- name: session_delete
DELETE FROM trn_sessions WHERE ses_hash = ?;

-- name: session_switch    to another company where the person has a role
UPDATE trn_sessions s
  JOIN trn_user_roles r ON r.url_user_id = s.ses_user_id AND r.url_compcode = ?
  JOIN mst_companies c ON c.cmp_compcode = r.url_compcode AND c.cmp_status = 'ACTIVE'
  JOIN mst_users u ON u.id = s.ses_user_id
   SET s.ses_compcode = r.url_compcode, u.usr_last_compcode = r.url_compcode
 WHERE s.ses_hash = ?;

-- name: session_delete_user
DELETE FROM trn_sessions WHERE ses_user_id = ?;

-- name: signin_delay_find
SELECT sgd_failures, sgd_next_at FROM trn_signin_delays WHERE sgd_key = ?;

-- name: signin_delay_claim    one try at a time: only who moves it may try
UPDATE trn_signin_delays SET sgd_failures = sgd_failures + 1, sgd_next_at = ?
 WHERE sgd_key = ? AND sgd_failures = ? AND sgd_next_at <= ?;

-- name: signin_delay_add
INSERT INTO trn_signin_delays (sgd_key, sgd_failures, sgd_next_at) VALUES (?, 1, ?);

-- name: signin_delay_clear
DELETE FROM trn_signin_delays WHERE sgd_key = ?;

-- name: signin_delay_take_back    so many were no failures after all; nobody has to wait for them
UPDATE trn_signin_delays SET sgd_failures = sgd_failures - ?, sgd_next_at = ?
 WHERE sgd_key = ? AND sgd_failures > ?;

-- name: signin_delay_clear_if    where they were all
DELETE FROM trn_signin_delays WHERE sgd_key = ? AND sgd_failures <= ?;

-- name: signin_delay_purge
DELETE FROM trn_signin_delays WHERE sgd_next_at < ? LIMIT 100;

-- ---- tokens, terminals ---------------------------------------------------

-- name: token_add
INSERT INTO mst_api_tokens (tok_compcode, tok_label, tok_hash, tok_device_sn, tok_created_at, tok_nonce)
VALUES (?, ?, ?, ?, ?, ?);

-- name: token_find
SELECT t.id, t.tok_compcode, t.tok_device_sn FROM mst_api_tokens t
  JOIN mst_companies c ON c.cmp_compcode = t.tok_compcode AND c.cmp_status = 'ACTIVE'
 WHERE t.tok_hash = ? AND t.tok_revoked_at IS NULL;

-- name: token_list
SELECT id, tok_label, tok_device_sn, tok_created_at, tok_revoked_at
  FROM mst_api_tokens WHERE tok_compcode = ? ORDER BY id LIMIT 1000;

-- name: token_revoke
UPDATE mst_api_tokens SET tok_revoked_at = ?
 WHERE tok_compcode = ? AND id = ? AND tok_revoked_at IS NULL;

-- name: device_add
INSERT INTO mst_devices (dev_compcode, dev_sn, dev_branch_id, dev_name, dev_start, dev_from_at, dev_nonce)
VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: device_find_nonce    the one that this form has made
SELECT dev_sn FROM mst_devices WHERE dev_compcode = ? AND dev_nonce = ?;

-- name: device_edit
UPDATE mst_devices
   SET dev_branch_id = ?, dev_name = ?, dev_start = ?, dev_version = dev_version + 1
 WHERE dev_compcode = ? AND id = ? AND dev_version = ?;

-- name: device_close
UPDATE mst_devices SET dev_to_at = ? WHERE dev_compcode = ? AND dev_open_sn = ?;

-- name: device_find
SELECT d.id, d.dev_branch_id, d.dev_name, d.dev_start, d.dev_version, b.brn_name, b.brn_zone,
       d.dev_mac, d.dev_mac_other, d.dev_mac_other_at
  FROM mst_devices d
  JOIN mst_branches b ON b.brn_compcode = d.dev_compcode AND b.id = d.dev_branch_id
 WHERE d.dev_compcode = ? AND d.dev_open_sn = ?;

-- name: device_lock    while something of it is looked at and then changed
SELECT id FROM mst_devices WHERE dev_compcode = ? AND dev_open_sn = ? FOR UPDATE;

-- name: device_signs    what a bridge should ask for again when it has changed
SELECT CONCAT_WS(' ', d.id, d.dev_start, COALESCE(d.dev_mac, '-'), b.brn_zone, c.cmp_revision, c.cmp_door_revision)
  FROM mst_devices d
  JOIN mst_companies c ON c.cmp_compcode = d.dev_compcode AND c.cmp_status = 'ACTIVE'
  JOIN mst_branches b ON b.brn_compcode = d.dev_compcode AND b.id = d.dev_branch_id
 WHERE d.dev_compcode = ? AND d.dev_open_sn = ?;

-- name: device_list    by name, those behind one
SELECT d.id, d.dev_sn, d.dev_name, d.dev_start, d.dev_seen_at, d.dev_reached_at,
       d.dev_log_count, d.dev_log_capacity, d.dev_clock_offset IS NOT NULL, d.dev_clock_offset,
       d.dev_waiting, d.dev_parked, d.dev_set_aside,
       d.dev_last_punch, d.dev_last_error, d.dev_mac_other, b.brn_name, b.brn_zone,
       d.dev_has_relay, d.dev_enforced_at, d.dev_door_list_at, NULLIF(d.dev_door_trouble, ''),
       (SELECT COUNT(*) FROM trn_device_blocks
          LEFT JOIN trn_device_approvals ON dva_compcode = dvb_compcode AND dva_device_sn = dvb_device_sn
           AND dva_user_id = dvb_user_id AND dva_kind = dvb_kind
         WHERE dvb_compcode = d.dev_compcode AND dvb_device_sn = d.dev_sn AND dvb_state = 'PENDING'
           AND dva_user_id IS NULL)
  FROM mst_devices d
  JOIN mst_branches b ON b.brn_compcode = d.dev_compcode AND b.id = d.dev_branch_id
 WHERE d.dev_compcode = ? AND d.dev_to_at IS NULL
   AND (? IS NULL OR d.dev_branch_id = ?) AND (d.dev_name, d.id) > (?, ?)
 ORDER BY d.dev_name, d.id LIMIT 200;

-- name: device_report    a value that is not told stays as it was
UPDATE mst_devices
   SET dev_seen_at = ?,
       dev_reached_at = COALESCE(?, dev_reached_at),
       dev_firmware = COALESCE(?, dev_firmware),
       dev_platform = COALESCE(?, dev_platform),
       dev_log_count = COALESCE(?, dev_log_count),
       dev_log_capacity = COALESCE(?, dev_log_capacity),
       dev_user_count = COALESCE(?, dev_user_count),
       dev_clock_offset = COALESCE(?, dev_clock_offset),
       dev_waiting = COALESCE(?, dev_waiting),
       dev_parked = COALESCE(?, dev_parked),
       dev_set_aside = COALESCE(?, dev_set_aside),
       dev_last_punch = COALESCE(?, dev_last_punch),
       dev_last_error = ?,
       dev_bridge_version = COALESCE(?, dev_bridge_version)
 WHERE dev_compcode = ? AND dev_open_sn = ?;

-- name: device_set_mac
UPDATE mst_devices SET dev_mac = ?, dev_mac_other = ?, dev_mac_other_at = ?
 WHERE dev_compcode = ? AND id = ?;

-- name: device_door_find    how a terminal keeps its door, and what its bridge told last
SELECT d.id, d.dev_version, d.dev_is_exit, d.dev_has_relay, d.dev_unlock_seconds, d.dev_lever, d.dev_lever_value,
       d.dev_enforced_at, d.dev_block_after, d.dev_trial_at, d.dev_door_at, d.dev_door_list_at,
       d.dev_door_differing, NULLIF(d.dev_door_trouble, ''),
       k.pending, k.failed, k.blocked, k.banned
  FROM mst_devices d
  LEFT JOIN (
    SELECT b.dvb_compcode, SUM(b.dvb_state = 'PENDING' AND a.dva_user_id IS NULL) AS pending,
           SUM(b.dvb_state = 'FAILED') AS failed, SUM(b.dvb_state = 'BLOCKED') AS blocked,
           SUM(b.dvb_state = 'BANNED') AS banned
      FROM trn_device_blocks b
      LEFT JOIN trn_device_approvals a ON a.dva_compcode = b.dvb_compcode AND a.dva_device_sn = b.dvb_device_sn
       AND a.dva_user_id = b.dvb_user_id AND a.dva_kind = b.dvb_kind
     WHERE b.dvb_compcode = ? AND b.dvb_device_sn = ?
     GROUP BY b.dvb_compcode
  ) k ON k.dvb_compcode = d.dev_compcode
 WHERE d.dev_compcode = ? AND d.dev_open_sn = ?;

-- name: device_door_any    does a terminal of the company keep anybody out?
SELECT EXISTS (SELECT 1 FROM mst_devices WHERE dev_compcode = ? AND dev_enforced_at IS NOT NULL);

-- name: device_door_list    those of one state, by name; what was agreed to waits no longer
SELECT b.dvb_user_id, b.dvb_kind = 'HOURS', b.dvb_words, b.dvb_since_at, l.id, l.mbr_name, l.mbr_code
  FROM trn_device_blocks b
  LEFT JOIN trn_member_biometric_mappings m FORCE INDEX (mbm_open)
    ON m.mbm_compcode = b.dvb_compcode AND m.mbm_device_sn = b.dvb_device_sn
   AND m.mbm_open_user_id = b.dvb_user_id
  LEFT JOIN mst_members_lists l ON l.mbr_compcode = m.mbm_compcode AND l.id = m.mbm_member_id
  LEFT JOIN trn_device_approvals a ON a.dva_compcode = b.dvb_compcode AND a.dva_device_sn = b.dvb_device_sn
   AND a.dva_user_id = b.dvb_user_id AND a.dva_kind = b.dvb_kind
 WHERE b.dvb_compcode = ? AND b.dvb_device_sn = ? AND b.dvb_state = ?
   AND (b.dvb_state <> 'PENDING' OR a.dva_user_id IS NULL)
 ORDER BY l.mbr_name, b.dvb_user_id LIMIT 500;

-- name: device_door_edit
UPDATE mst_devices
   SET dev_is_exit = ?, dev_has_relay = ?, dev_unlock_seconds = ?, dev_block_after = ?,
       dev_lever = ?, dev_lever_value = ?, dev_trial_at = ?, dev_version = dev_version + 1
 WHERE dev_compcode = ? AND id = ?;

-- name: device_door_switch
UPDATE mst_devices SET dev_enforced_at = ? WHERE dev_compcode = ? AND id = ?;

-- name: device_door_pass
UPDATE mst_devices SET dev_trial_at = ? WHERE dev_compcode = ? AND id = ?;

-- name: device_door_agree    to those who were shown, as far as they wait still
INSERT INTO trn_device_approvals (dva_compcode, dva_device_sn, dva_user_id, dva_kind, dva_by, dva_at)
SELECT b.dvb_compcode, b.dvb_device_sn, b.dvb_user_id, b.dvb_kind, ?, ?
  FROM JSON_TABLE(?, '$[*]' COLUMNS (
         user_id VARCHAR(24) PATH '$[0]',
         kind VARCHAR(8) PATH '$[1]')) j
  JOIN trn_device_blocks b ON b.dvb_compcode = ? AND b.dvb_device_sn = ?
   AND b.dvb_user_id = CONVERT(j.user_id USING ascii)
   AND b.dvb_kind = CONVERT(j.kind USING ascii) AND b.dvb_state = 'PENDING'
  LEFT JOIN trn_device_approvals a ON a.dva_compcode = b.dvb_compcode AND a.dva_device_sn = b.dvb_device_sn
   AND a.dva_user_id = b.dvb_user_id AND a.dva_kind = b.dvb_kind
 WHERE a.dva_user_id IS NULL;

-- name: device_door_forget    what was agreed to
DELETE FROM trn_device_approvals WHERE dva_compcode = ? AND dva_device_sn = ?;

-- name: device_order_add
INSERT INTO trn_device_commands
  (cmd_compcode, cmd_device_sn, cmd_kind, cmd_user_id, cmd_seconds, cmd_note, cmd_by, cmd_nonce, cmd_created_at,
   cmd_expires_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: device_order_find_nonce
SELECT id FROM trn_device_commands WHERE cmd_compcode = ? AND cmd_nonce = ?;

-- name: command_waiting    for a terminal, as long as it is not too late
SELECT id, LOWER(cmd_kind), cmd_user_id, cmd_seconds, cmd_expires_at FROM trn_device_commands
 WHERE cmd_compcode = ? AND cmd_device_sn = ? AND cmd_state = 'WAITING' AND cmd_expires_at > ?
 ORDER BY id LIMIT 20;

-- name: command_settle
UPDATE trn_device_commands
   SET cmd_state = ?, cmd_words = ?, cmd_templates_before = ?, cmd_templates_after = ?, cmd_ended_at = ?
 WHERE cmd_compcode = ? AND id = ? AND cmd_device_sn = ? AND cmd_state = 'WAITING' AND cmd_expires_at > ?;

-- name: command_find
SELECT id FROM trn_device_commands WHERE cmd_compcode = ? AND id = ? AND cmd_device_sn = ?;

-- name: device_order_last    unlocks, or those of trials
SELECT c.id, c.cmd_kind, c.cmd_user_id, c.cmd_note, c.cmd_words, c.cmd_state,
       COALESCE(c.cmd_templates_before, -1), COALESCE(c.cmd_templates_after, -1),
       c.cmd_created_at, c.cmd_expires_at, c.cmd_ended_at, u.usr_name
  FROM trn_device_commands c
  LEFT JOIN mst_users u ON u.id = c.cmd_by
 WHERE c.cmd_compcode = ? AND c.cmd_device_sn = ? AND (c.cmd_kind = 'UNLOCK') = ?
 ORDER BY c.id DESC LIMIT 10;

-- name: device_order_people    with whom a trial may be made: no administrators (bit 0 is not their level)
SELECT m.mbm_device_user_id, l.mbr_name
  FROM trn_member_biometric_mappings m FORCE INDEX (mbm_open)
  JOIN trn_device_users u ON u.dvu_compcode = m.mbm_compcode AND u.dvu_device_sn = m.mbm_device_sn
   AND u.dvu_user_id = m.mbm_device_user_id AND u.dvu_privilege <= 1
  JOIN mst_members_lists l ON l.mbr_compcode = m.mbm_compcode AND l.id = m.mbm_member_id
 WHERE m.mbm_compcode = ? AND m.mbm_device_sn = ? AND m.mbm_open_user_id IS NOT NULL
   AND (? IS NULL OR m.mbm_device_user_id = ? OR l.mbr_name LIKE CONCAT('%', ?, '%'))
 ORDER BY COALESCE(m.mbm_device_user_id = ?, 0) DESC, m.mbm_open_order LIMIT 10;

-- name: device_order_touch    of a number, whatever came of it
SELECT MAX(t.punch_time)
  FROM (SELECT att_punch_time AS punch_time FROM trn_member_attendances FORCE INDEX (att_arrival)
         WHERE att_compcode = ? AND att_received_at >= ? AND att_device_sn = ? AND att_device_user_id = ?
        UNION ALL
        SELECT pin_punch_time FROM trn_punch_inbox FORCE INDEX (pin_arrival)
         WHERE pin_compcode = ? AND pin_received_at >= ? AND pin_device_sn = ? AND pin_device_user_id = ?) t;

-- name: device_tokens_move    of those that are limited to a terminal
UPDATE mst_api_tokens SET tok_device_sn = ?
 WHERE tok_compcode = ? AND tok_device_sn = ? AND tok_revoked_at IS NULL;

-- name: device_users_clear
DELETE FROM trn_device_users WHERE dvu_compcode = ? AND dvu_device_sn = ?;

-- name: device_users_add
INSERT INTO trn_device_users
  (dvu_compcode, dvu_device_sn, dvu_user_id, dvu_name, dvu_privilege, dvu_is_enabled)
SELECT ?, ?, j.user_id, j.name, j.privilege, j.enabled
  FROM JSON_TABLE(?, '$[*]' COLUMNS (
         user_id VARCHAR(24) PATH '$[0]',
         name VARCHAR(24) PATH '$[1]',
         privilege INT PATH '$[2]',
         enabled INT PATH '$[3]')) j
ON DUPLICATE KEY UPDATE dvu_name = VALUES(dvu_name),
  dvu_privilege = VALUES(dvu_privilege), dvu_is_enabled = VALUES(dvu_is_enabled);

-- name: device_days    count and checksum of the punches held, a day each, as the terminal told
-- them: of one whose time staff have set right, the row that stands for what came (CLOCK once)
SELECT j.day, COUNT(p.user_id),
       COALESCE(BIT_XOR(CRC32(CONCAT(p.user_id, ' ', p.punch_time))), 0)
  FROM JSON_TABLE(?, '$[*]' COLUMNS (n FOR ORDINALITY, day DATE PATH '$')) j
  LEFT JOIN (
    SELECT att_punch_date AS day, att_device_user_id AS user_id, att_punch_time AS punch_time
      FROM trn_member_attendances
     WHERE att_compcode = ? AND att_punch_date BETWEEN ? AND ?
       AND att_device_sn = ? AND att_corrects_id IS NULL AND att_time_source <> 'STAFF'
    UNION ALL
    SELECT CAST(pin_punch_time AS DATE), pin_device_user_id, pin_punch_time
      FROM trn_punch_inbox
     WHERE pin_compcode = ? AND pin_device_sn = ? AND pin_time_source <> 'STAFF'
       AND (pin_state <> 'TAKEN' OR pin_was = 'CLOCK')
       AND pin_punch_time >= ? AND pin_punch_time < ?
  ) p ON p.day = j.day
 GROUP BY j.n, j.day ORDER BY j.n LIMIT 400;

-- ---- doors ---------------------------------------------------------------

-- name: door_report_before    whom a terminal was closed to, as its bridge told last
SELECT b.dvb_user_id, b.dvb_state, b.dvb_kind, b.dvb_since_at, a.dva_user_id IS NOT NULL
  FROM trn_device_blocks b
  LEFT JOIN trn_device_approvals a ON a.dva_compcode = b.dvb_compcode AND a.dva_device_sn = b.dvb_device_sn
   AND a.dva_user_id = b.dvb_user_id AND a.dva_kind = 'ENDED'
 WHERE b.dvb_compcode = ? AND b.dvb_device_sn = ?
 ORDER BY b.dvb_user_id LIMIT 10000;

-- name: door_report_forget
DELETE FROM trn_device_approvals
 WHERE dva_compcode = ? AND dva_device_sn = ? AND dva_user_id = ? AND dva_kind = 'ENDED';

-- name: door_report_clear
DELETE FROM trn_device_blocks WHERE dvb_compcode = ? AND dvb_device_sn = ?;

-- name: door_report_add
INSERT INTO trn_device_blocks
  (dvb_compcode, dvb_device_sn, dvb_user_id, dvb_state, dvb_kind, dvb_words, dvb_since_at)
SELECT ?, ?, j.user_id, j.state, j.kind, j.words, j.since_at
  FROM JSON_TABLE(?, '$[*]' COLUMNS (
         user_id VARCHAR(24) PATH '$[0]',
         state VARCHAR(8) PATH '$[1]',
         kind VARCHAR(8) PATH '$[2]',
         words VARCHAR(200) PATH '$[3]',
         since_at DATETIME(3) PATH '$[4]')) j;

-- name: door_report_device
UPDATE mst_devices
   SET dev_door_at = ?, dev_door_list_at = COALESCE(?, dev_door_list_at), dev_door_differing = ?,
       dev_door_trouble = ?
 WHERE dev_compcode = ? AND dev_open_sn = ?;

-- name: access_door    what a list is current by, and how the terminal keeps its door
SELECT c.cmp_revision, c.cmp_door_revision, d.dev_branch_id, b.brn_zone, d.dev_is_exit, d.dev_enforced_at,
       d.dev_lever, d.dev_lever_value, d.dev_block_after,
       CONCAT_WS(',', c.cmp_modes, c.cmp_grace_days, c.cmp_overdue_amount, c.cmp_overdue_days,
         c.cmp_day_visits, c.cmp_visit_minutes)
  FROM mst_devices d
  JOIN mst_companies c ON c.cmp_compcode = d.dev_compcode AND c.cmp_status = 'ACTIVE'
  JOIN mst_branches b ON b.brn_compcode = d.dev_compcode AND b.id = d.dev_branch_id
 WHERE d.dev_compcode = ? AND d.dev_open_sn = ?;

-- name: access_list    who holds a number at a terminal, and what admit needs of each
-- (Spared is whose last punches, as many as the terminal wants refused, begin no later than the
-- last one that was not: two steps backwards in a key, however long somebody has been a member.)
SELECT m.mbm_device_user_id, m.mbm_member_id, l.mbr_name, l.mbr_erased_at IS NOT NULL,
       (SELECT GROUP_CONCAT(CONCAT(s.ms_start_date, s.ms_end_date,
                 IF(s.ms_visits IS NULL AND s.ms_hours IS NULL AND s.ms_due IS NULL, '',
                   CONCAT(',', s.id, ',', COALESCE(s.ms_visits, ''), ',', COALESCE(s.ms_hours, ''), ',',
                     COALESCE(s.ms_due, ''), ',', IF(s.ms_visits IS NULL, '', COALESCE(
                       (SELECT GROUP_CONCAT(uvs_date SEPARATOR '') FROM trn_used_visits
                         WHERE uvs_compcode = s.ms_compcode AND uvs_subscription_id = s.id), '')))))
                 SEPARATOR ';')
          FROM trn_member_subscriptions s FORCE INDEX (ms_member)
         WHERE s.ms_compcode = m.mbm_compcode AND s.ms_member_id = m.mbm_member_id AND s.ms_status = 'ACTIVE'
           AND (s.ms_branch_id IS NULL OR s.ms_branch_id = d.dev_branch_id)),
       (SELECT GROUP_CONCAT(CONCAT(LEFT(frz_kind, 1), frz_from, COALESCE(frz_to, '9999-12-31')) SEPARATOR '')
          FROM trn_member_freezes FORCE INDEX (frz_member)
         WHERE frz_compcode = m.mbm_compcode AND frz_member_id = m.mbm_member_id),
       (SELECT ovr_date FROM trn_access_overrides
         WHERE ovr_compcode = m.mbm_compcode AND ovr_member_id = m.mbm_member_id AND ovr_date = ?),
       IF(c.cmp_day_visits = 0, NULL,
         (SELECT GROUP_CONCAT(y.att_punch_time SEPARATOR '')
            FROM trn_member_attendances y FORCE INDEX (att_minute)
            LEFT JOIN mst_devices x
              ON x.dev_compcode = y.att_compcode AND x.dev_open_sn = y.att_device_sn
           WHERE y.att_compcode = m.mbm_compcode AND y.att_member_id = m.mbm_member_id
             AND y.att_punch_minute >= ? AND y.att_punch_minute < ? + INTERVAL 1 DAY
             AND COALESCE(x.dev_is_exit, 0) = 0
             AND 'ALLOWED' = COALESCE((SELECT k.att_status FROM trn_member_attendances k
                                        WHERE k.att_compcode = y.att_compcode AND k.id =
                                          (SELECT MAX(n.id) FROM trn_member_attendances n FORCE INDEX (att_corrects)
                                            WHERE n.att_compcode = y.att_compcode AND n.att_corrects_id = y.id)), y.att_status))),
       IF(d.dev_block_after = 0, 0, NOT COALESCE(
         (SELECT y.att_punch_minute FROM trn_member_attendances y FORCE INDEX (att_minute)
           WHERE y.att_compcode = m.mbm_compcode AND y.att_member_id = m.mbm_member_id
             AND y.att_punch_minute IS NOT NULL
           ORDER BY y.att_punch_minute DESC LIMIT 1 OFFSET ?) > COALESCE(
         (SELECT y.att_punch_minute FROM trn_member_attendances y FORCE INDEX (att_minute)
           WHERE y.att_compcode = m.mbm_compcode AND y.att_member_id = m.mbm_member_id
             AND y.att_punch_minute IS NOT NULL
             AND 'DENIED' <> COALESCE((SELECT k.att_status FROM trn_member_attendances k
                                        WHERE k.att_compcode = y.att_compcode AND k.id =
                                          (SELECT MAX(n.id) FROM trn_member_attendances n FORCE INDEX (att_corrects)
                                            WHERE n.att_compcode = y.att_compcode AND n.att_corrects_id = y.id)), y.att_status)
           ORDER BY y.att_punch_minute DESC LIMIT 1), '1000-01-01'), 0)),
       EXISTS (SELECT 1 FROM trn_device_approvals
                WHERE dva_compcode = m.mbm_compcode AND dva_device_sn = m.mbm_device_sn
                  AND dva_user_id = m.mbm_device_user_id AND dva_kind = 'ENDED'),
       EXISTS (SELECT 1 FROM trn_device_approvals
                WHERE dva_compcode = m.mbm_compcode AND dva_device_sn = m.mbm_device_sn
                  AND dva_user_id = m.mbm_device_user_id AND dva_kind = 'HOURS'),
       v.dvb_state = 'BLOCKED', u.dvu_user_id IS NOT NULL, u.dvu_privilege > 1, u.dvu_is_enabled
  FROM trn_member_biometric_mappings m FORCE INDEX (mbm_order)
  JOIN mst_members_lists l FORCE INDEX (PRIMARY) ON l.mbr_compcode = m.mbm_compcode AND l.id = m.mbm_member_id
  JOIN mst_companies c ON c.cmp_compcode = m.mbm_compcode
  JOIN mst_devices d ON d.dev_compcode = m.mbm_compcode AND d.dev_open_sn = m.mbm_device_sn
  LEFT JOIN trn_device_users u ON u.dvu_compcode = m.mbm_compcode
   AND u.dvu_device_sn = m.mbm_device_sn AND u.dvu_user_id = m.mbm_device_user_id
  LEFT JOIN trn_device_blocks v ON v.dvb_compcode = m.mbm_compcode
   AND v.dvb_device_sn = m.mbm_device_sn AND v.dvb_user_id = m.mbm_device_user_id
 WHERE m.mbm_compcode = ? AND m.mbm_device_sn = ? AND m.mbm_open_order > ''
 ORDER BY m.mbm_open_order LIMIT 10000;

-- ---- alerts --------------------------------------------------------------

-- name: alert_devices    all terminals, a branch together, those behind a branch; how many alerts are open
SELECT d.dev_compcode, d.dev_branch_id, d.id, d.dev_seen_at, d.dev_reached_at, d.dev_waiting,
       d.dev_log_count, d.dev_log_capacity, s.als_at, s.als_waiting, b.brn_zone,
       TIME_TO_SEC(b.brn_opens) DIV 60, TIME_TO_SEC(b.brn_closes) DIV 60,
       (SELECT COUNT(*) FROM trn_alerts a
         WHERE a.alr_compcode = d.dev_compcode AND a.alr_open_device_id = d.id)
  FROM mst_devices d
  JOIN mst_companies c ON c.cmp_compcode = d.dev_compcode AND c.cmp_status = 'ACTIVE'
  JOIN mst_branches b ON b.brn_compcode = d.dev_compcode AND b.id = d.dev_branch_id
  LEFT JOIN trn_alert_samples s ON s.als_compcode = d.dev_compcode AND s.als_device_id = d.id
 WHERE d.dev_to_at IS NULL
   AND (d.dev_compcode > ? OR (d.dev_compcode = ? AND d.dev_branch_id > ?))
 ORDER BY d.dev_compcode, d.dev_branch_id, d.id LIMIT 2000;

-- name: alert_open    of a terminal
SELECT id, alr_kind, alr_well_at, alr_most FROM trn_alerts
 WHERE alr_compcode = ? AND alr_open_device_id = ? LIMIT 10;

-- name: alert_begin
INSERT INTO trn_alerts (alr_compcode, alr_branch_id, alr_device_id, alr_kind, alr_since_at, alr_began_at, alr_most)
VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: alert_set    how it stands; over where it has been well for long enough
UPDATE trn_alerts SET alr_well_at = ?, alr_most = ?, alr_over_at = ?
 WHERE alr_compcode = ? AND id = ? AND alr_over_at IS NULL;

-- name: alert_end_gone    of terminals that were closed: nobody is told
UPDATE trn_alerts a
  JOIN mst_devices d ON d.dev_compcode = a.alr_compcode AND d.id = a.alr_device_id
   SET a.alr_over_at = ?, a.alr_told_at = COALESCE(a.alr_told_at, ?), a.alr_over_told_at = ?
 WHERE a.alr_open_device_id IS NOT NULL AND d.dev_to_at IS NOT NULL;

-- name: alert_sample_set
INSERT INTO trn_alert_samples (als_compcode, als_device_id, als_at, als_waiting) VALUES (?, ?, ?, ?)
ON DUPLICATE KEY UPDATE als_at = VALUES(als_at), als_waiting = VALUES(als_waiting);

-- name: alert_sample_clear
DELETE FROM trn_alert_samples WHERE als_compcode = ? AND als_device_id = ?;

-- name: alert_untold_branches    where there is something to tell
SELECT alr_compcode, alr_branch_id FROM trn_alerts WHERE alr_untold = 1
 GROUP BY alr_compcode, alr_branch_id ORDER BY alr_compcode, alr_branch_id LIMIT 1000;

-- name: alert_untold    what it is, until it is planned who is told
SELECT id, alr_told_at IS NULL, alr_over_at IS NOT NULL FROM trn_alerts
 WHERE alr_untold = 1 AND alr_compcode = ? AND alr_branch_id = ?
 ORDER BY id LIMIT 200 FOR UPDATE;

-- name: alert_owners    of a branch, who want to be told
SELECT DISTINCT r.url_user_id FROM trn_user_roles r
  JOIN mst_users u ON u.id = r.url_user_id AND u.usr_status = 'ACTIVE'
 WHERE r.url_compcode = ? AND r.url_role = 'OWNER' AND r.url_alerts
   AND (r.url_branch_id IS NULL OR r.url_branch_id = ?)
 ORDER BY r.url_user_id LIMIT 100;

-- name: alert_list    those that are open, or the last that are over; and their mails
SELECT a.alr_kind, d.dev_name, d.dev_sn, b.brn_name, b.brn_zone, a.alr_since_at,
       CASE WHEN a.alr_over_at IS NOT NULL THEN COALESCE(a.alr_well_at, a.alr_over_at) END,
       a.alr_untold IS NULL,
       COALESCE(SUM(m.alm_state = 'SENT'), 0), COALESCE(SUM(m.alm_state IN ('WAITING', 'SENDING')), 0),
       COALESCE(SUM(m.alm_state = 'REFUSED'), 0),
       MAX(CASE WHEN m.alm_state <> 'SENT' THEN m.alm_error END)
  FROM (SELECT alr_compcode, id, alr_branch_id, alr_device_id, alr_kind, alr_since_at, alr_well_at,
               alr_over_at, alr_untold
          FROM trn_alerts
         WHERE alr_compcode = ? AND (? IS NULL OR alr_branch_id = ?)
           AND (alr_over_at IS NULL) = ?
         ORDER BY id DESC LIMIT 50) a
  JOIN mst_devices d ON d.dev_compcode = a.alr_compcode AND d.id = a.alr_device_id
  JOIN mst_branches b ON b.brn_compcode = a.alr_compcode AND b.id = a.alr_branch_id
  LEFT JOIN trn_alert_notices n ON n.aln_compcode = a.alr_compcode AND n.aln_alert_id = a.id
  LEFT JOIN trn_alert_mails m ON m.alm_compcode = n.aln_compcode AND m.id = n.aln_mail_id
 GROUP BY a.alr_kind, d.dev_name, d.dev_sn, b.brn_name, b.brn_zone, a.alr_since_at, a.alr_well_at,
       a.alr_over_at, a.alr_untold, a.id
 ORDER BY a.id DESC LIMIT 50;

-- name: alert_wanted    by an owner
SELECT MAX(url_alerts) FROM trn_user_roles
 WHERE url_compcode = ? AND url_user_id = ? AND url_role = 'OWNER';

-- name: alert_wanted_lock    the roles that say otherwise
SELECT id FROM trn_user_roles
 WHERE url_compcode = ? AND url_user_id = ? AND url_role = 'OWNER' AND url_alerts <> ?
 ORDER BY id LIMIT 100 FOR UPDATE;

-- name: alert_wanted_set
UPDATE trn_user_roles SET url_alerts = ? WHERE url_compcode = ? AND id = ?;

-- name: alert_notice_find    the mail that tells the beginning; and is the end told?
SELECT m.id, m.alm_state, EXISTS (SELECT 1 FROM trn_alert_notices o
         WHERE o.aln_compcode = n.aln_compcode AND o.aln_alert_id = n.aln_alert_id
           AND o.aln_user_id = n.aln_user_id AND o.aln_is_over = 1)
  FROM trn_alert_notices n
  JOIN trn_alert_mails m ON m.alm_compcode = n.aln_compcode AND m.id = n.aln_mail_id
 WHERE n.aln_compcode = ? AND n.aln_alert_id = ? AND n.aln_user_id = ? AND n.aln_is_over = 0
   FOR UPDATE;

-- name: alert_notice_add
INSERT INTO trn_alert_notices (aln_compcode, aln_alert_id, aln_user_id, aln_is_over, aln_mail_id)
VALUES (?, ?, ?, ?, ?);

-- name: alert_mail_add
INSERT INTO trn_alert_mails (alm_compcode, alm_branch_id, alm_user_id, alm_due_at, alm_created_at)
VALUES (?, ?, ?, ?, ?);

-- name: alert_planned
UPDATE trn_alerts
   SET alr_told_at = COALESCE(alr_told_at, ?),
       alr_over_told_at = CASE WHEN alr_over_at IS NOT NULL THEN ? END
 WHERE alr_compcode = ? AND id = ?;

-- name: alert_mails_due    of all companies, also those whose claim has ended
SELECT alm_compcode, id, alm_due_at, alm_tries, alm_created_at FROM trn_alert_mails
 WHERE alm_due_at <= ? ORDER BY alm_due_at, id LIMIT 100;

-- name: alert_mail_claim
UPDATE trn_alert_mails SET alm_state = 'SENDING', alm_due_at = ?, alm_tries = alm_tries + 1
 WHERE alm_compcode = ? AND id = ? AND alm_due_at = ?;

-- name: alert_mail_find    and is it wanted still?
SELECT u.usr_email, c.cmp_name, b.brn_name, b.brn_zone,
       (SELECT COUNT(*) FROM mst_branches o WHERE o.brn_compcode = m.alm_compcode) > 1,
       c.cmp_status = 'ACTIVE' AND u.usr_status = 'ACTIVE' AND EXISTS (SELECT 1 FROM trn_user_roles r
         WHERE r.url_compcode = m.alm_compcode AND r.url_user_id = m.alm_user_id
           AND r.url_role = 'OWNER' AND r.url_alerts
           AND (r.url_branch_id IS NULL OR r.url_branch_id = m.alm_branch_id))
  FROM trn_alert_mails m
  JOIN mst_users u ON u.id = m.alm_user_id
  JOIN mst_companies c ON c.cmp_compcode = m.alm_compcode
  JOIN mst_branches b ON b.brn_compcode = m.alm_compcode AND b.id = m.alm_branch_id
 WHERE m.alm_compcode = ? AND m.id = ?;

-- name: alert_mail_lines    what it tells, a line an event
SELECT a.alr_kind, d.dev_name, d.dev_sn, a.alr_since_at, a.alr_well_at, MIN(n.aln_is_over) = 0, MAX(n.aln_is_over) = 1
  FROM trn_alert_notices n
  JOIN trn_alerts a ON a.alr_compcode = n.aln_compcode AND a.id = n.aln_alert_id
  JOIN mst_devices d ON d.dev_compcode = a.alr_compcode AND d.id = a.alr_device_id
 WHERE n.aln_compcode = ? AND n.aln_mail_id = ?
 GROUP BY a.id, a.alr_kind, d.dev_name, d.dev_sn, a.alr_since_at, a.alr_well_at
 ORDER BY a.alr_kind, d.dev_name, a.id LIMIT 400;

-- name: alert_mail_settle    unless another has taken it up meanwhile
UPDATE trn_alert_mails SET alm_state = ?, alm_due_at = ?, alm_error = ?, alm_sent_at = ?
 WHERE alm_compcode = ? AND id = ? AND alm_state = 'SENDING' AND alm_due_at = ?;

-- ---- members -------------------------------------------------------------

-- name: member_find
SELECT m.id, m.mbr_branch_id, b.brn_name, m.mbr_code, m.mbr_name, m.mbr_phone, m.mbr_email,
       m.mbr_joined_date, m.mbr_birth_date, m.mbr_notes, m.mbr_state, m.mbr_until, m.mbr_version,
       m.mbr_erased_at
  FROM mst_members_lists m
  JOIN mst_branches b ON b.brn_compcode = m.mbr_compcode AND b.id = m.mbr_branch_id
 WHERE m.mbr_compcode = ? AND m.id = ? AND (? IS NULL OR m.mbr_branch_id = ?);

-- name: member_list_name    a page of members by name; what reaches nobody as message_judge_phone has it
SELECT id, mbr_branch_id, mbr_code, mbr_name, mbr_phone, mbr_joined_date, mbr_state, mbr_until,
       mbr_birth_date
  FROM mst_members_lists
 WHERE mbr_compcode = ? AND mbr_erased_at IS NULL
   AND (? IS NULL OR mbr_branch_id = ?)
   AND (? IS NULL OR mbr_state = ?) AND (? IS NULL OR mbr_until BETWEEN ? AND ?)
   AND (? IS NULL OR (mbr_joined_date < ? AND NOT EXISTS (SELECT 1 FROM trn_member_attendances
         WHERE att_compcode = mbr_compcode AND att_member_id = mst_members_lists.id
           AND att_punch_minute >= ?)))
   AND (? IS NULL OR CASE ? WHEN 'PHONE' THEN
         mbr_phone IS NULL OR mbr_phone = mbr_unreached_phone OR CHAR_LENGTH(mbr_phone) < 8
         OR (mbr_phone LIKE '+91%' AND (CHAR_LENGTH(mbr_phone) <> 13 OR SUBSTRING(mbr_phone, 4, 1) < '6'))
       ELSE COALESCE((SELECT cns_is_given FROM trn_member_consents FORCE INDEX (cns_member)
         WHERE cns_compcode = mbr_compcode AND cns_member_id = mst_members_lists.id
           AND cns_kind = 'MESSAGES' ORDER BY id DESC LIMIT 1), 0) = 0 END)
   AND (? IS NULL OR mbr_name > ? OR (mbr_name = ? AND id > ?))
 ORDER BY mbr_name, id LIMIT ?;

-- name: member_list_until    by the end of the coverage
SELECT id, mbr_branch_id, mbr_code, mbr_name, mbr_phone, mbr_joined_date, mbr_state, mbr_until,
       mbr_birth_date
  FROM mst_members_lists
 WHERE mbr_compcode = ? AND mbr_erased_at IS NULL
   AND (? IS NULL OR mbr_branch_id = ?)
   AND (? IS NULL OR mbr_state = ?) AND (? IS NULL OR mbr_until BETWEEN ? AND ?)
   AND (? IS NULL OR (mbr_joined_date < ? AND NOT EXISTS (SELECT 1 FROM trn_member_attendances
         WHERE att_compcode = mbr_compcode AND att_member_id = mst_members_lists.id
           AND att_punch_minute >= ?)))
   AND (? IS NULL OR CASE ? WHEN 'PHONE' THEN
         mbr_phone IS NULL OR mbr_phone = mbr_unreached_phone OR CHAR_LENGTH(mbr_phone) < 8
         OR (mbr_phone LIKE '+91%' AND (CHAR_LENGTH(mbr_phone) <> 13 OR SUBSTRING(mbr_phone, 4, 1) < '6'))
       ELSE COALESCE((SELECT cns_is_given FROM trn_member_consents FORCE INDEX (cns_member)
         WHERE cns_compcode = mbr_compcode AND cns_member_id = mst_members_lists.id
           AND cns_kind = 'MESSAGES' ORDER BY id DESC LIMIT 1), 0) = 0 END)
   AND mbr_until >= ? AND (mbr_until > ? OR id > ?)
 ORDER BY mbr_until, id LIMIT ?;

-- name: member_list_joined    the newest first
SELECT id, mbr_branch_id, mbr_code, mbr_name, mbr_phone, mbr_joined_date, mbr_state, mbr_until,
       mbr_birth_date
  FROM mst_members_lists
 WHERE mbr_compcode = ? AND mbr_erased_at IS NULL
   AND (? IS NULL OR mbr_branch_id = ?)
   AND (? IS NULL OR mbr_state = ?) AND (? IS NULL OR mbr_until BETWEEN ? AND ?)
   AND (? IS NULL OR (mbr_joined_date < ? AND NOT EXISTS (SELECT 1 FROM trn_member_attendances
         WHERE att_compcode = mbr_compcode AND att_member_id = mst_members_lists.id
           AND att_punch_minute >= ?)))
   AND (? IS NULL OR CASE ? WHEN 'PHONE' THEN
         mbr_phone IS NULL OR mbr_phone = mbr_unreached_phone OR CHAR_LENGTH(mbr_phone) < 8
         OR (mbr_phone LIKE '+91%' AND (CHAR_LENGTH(mbr_phone) <> 13 OR SUBSTRING(mbr_phone, 4, 1) < '6'))
       ELSE COALESCE((SELECT cns_is_given FROM trn_member_consents FORCE INDEX (cns_member)
         WHERE cns_compcode = mbr_compcode AND cns_member_id = mst_members_lists.id
           AND cns_kind = 'MESSAGES' ORDER BY id DESC LIMIT 1), 0) = 0 END)
   AND mbr_joined_date <= ? AND (mbr_joined_date < ? OR id < ?)
 ORDER BY mbr_joined_date DESC, id DESC LIMIT ?;

-- name: member_reach    of those who are active: whom no message reaches, and who has not agreed to any
SELECT COALESCE(SUM(mbr_phone IS NULL OR mbr_phone = mbr_unreached_phone OR CHAR_LENGTH(mbr_phone) < 8
         OR (mbr_phone LIKE '+91%' AND (CHAR_LENGTH(mbr_phone) <> 13
           OR SUBSTRING(mbr_phone, 4, 1) < '6'))), 0),
       COALESCE(SUM(COALESCE((SELECT cns_is_given FROM trn_member_consents FORCE INDEX (cns_member)
         WHERE cns_compcode = mbr_compcode AND cns_member_id = mst_members_lists.id
           AND cns_kind = 'MESSAGES' ORDER BY id DESC LIMIT 1), 0) = 0), 0)
  FROM mst_members_lists FORCE INDEX (mbr_state)
 WHERE mbr_compcode = ? AND mbr_state = 'ACTIVE' AND mbr_erased_at IS NULL
   AND (? IS NULL OR mbr_branch_id = ?);

-- name: member_search    whose name, code or phone begins with it, erased ones never
(SELECT id, mbr_branch_id, mbr_code, mbr_name, mbr_phone, mbr_joined_date, mbr_state, mbr_until,
        mbr_birth_date
   FROM mst_members_lists
  WHERE mbr_compcode = ? AND mbr_name LIKE ? AND mbr_erased_at IS NULL
    AND (? IS NULL OR mbr_branch_id = ?) ORDER BY mbr_name, id LIMIT ?)
UNION
(SELECT id, mbr_branch_id, mbr_code, mbr_name, mbr_phone, mbr_joined_date, mbr_state, mbr_until,
        mbr_birth_date
   FROM mst_members_lists
  WHERE mbr_compcode = ? AND mbr_code LIKE ? AND mbr_erased_at IS NULL
    AND (? IS NULL OR mbr_branch_id = ?) ORDER BY mbr_code LIMIT ?)
UNION
(SELECT id, mbr_branch_id, mbr_code, mbr_name, mbr_phone, mbr_joined_date, mbr_state, mbr_until,
        mbr_birth_date
   FROM mst_members_lists
  WHERE mbr_compcode = ? AND mbr_phone LIKE ? AND mbr_erased_at IS NULL
    AND (? IS NULL OR mbr_branch_id = ?) ORDER BY mbr_phone, id LIMIT ?)
ORDER BY 4, 1 LIMIT ?;

-- name: follow_up_expiring    whose coverage ends on these days, the soonest first
SELECT m.id, m.mbr_name, m.mbr_phone, m.mbr_until,
       (SELECT p.plan_name FROM trn_member_subscriptions s
          JOIN mst_membership_plans p ON p.plan_compcode = s.ms_compcode AND p.id = s.ms_plan_id
         WHERE s.ms_compcode = m.mbr_compcode AND s.ms_member_id = m.id AND s.ms_status = 'ACTIVE'
           AND s.ms_start_date <= m.mbr_until
         ORDER BY s.ms_end_date DESC, s.id DESC LIMIT 1)
  FROM mst_members_lists m FORCE INDEX (mbr_until)
 WHERE m.mbr_compcode = ? AND m.mbr_until BETWEEN ? AND ? AND m.mbr_state = 'ACTIVE'
   AND m.mbr_erased_at IS NULL AND (? IS NULL OR m.mbr_branch_id = ?)
 ORDER BY m.mbr_until, m.id LIMIT ?;

-- name: follow_up_expiring_count    how many these are, up to more than are told
SELECT COUNT(*)
  FROM (SELECT 1
          FROM mst_members_lists m FORCE INDEX (mbr_until)
         WHERE m.mbr_compcode = ? AND m.mbr_until BETWEEN ? AND ? AND m.mbr_state = 'ACTIVE'
           AND m.mbr_erased_at IS NULL AND (? IS NULL OR m.mbr_branch_id = ?)
         LIMIT ?) f;

-- name: follow_up_absent    who is not known to have come since, the longest first; and when they did
SELECT m.id, m.mbr_name, m.mbr_phone, m.mbr_joined_date, m.mbr_seen_date,
       (SELECT a.att_punch_minute FROM trn_member_attendances a FORCE INDEX (att_minute)
         WHERE a.att_compcode = m.mbr_compcode AND a.att_member_id = m.id
         ORDER BY a.att_punch_minute DESC LIMIT 1)
  FROM mst_members_lists m FORCE INDEX (mbr_seen)
 WHERE m.mbr_compcode = ? AND m.mbr_state = 'ACTIVE' AND m.mbr_seen_date < ?
   AND m.mbr_erased_at IS NULL AND (? IS NULL OR m.mbr_branch_id = ?)
 ORDER BY m.mbr_seen_date, m.mbr_branch_id, m.id LIMIT ?;

-- name: follow_up_seen    the same of all who are not known to have come after a day, page by page
SELECT m.id, m.mbr_branch_id, m.mbr_joined_date, m.mbr_seen_date,
       (SELECT a.att_punch_minute FROM trn_member_attendances a FORCE INDEX (att_minute)
         WHERE a.att_compcode = m.mbr_compcode AND a.att_member_id = m.id
         ORDER BY a.att_punch_minute DESC LIMIT 1)
  FROM mst_members_lists m FORCE INDEX (mbr_seen)
 WHERE m.mbr_compcode = ? AND m.mbr_state = 'ACTIVE' AND m.mbr_seen_date <= ? AND m.mbr_seen_date >= ?
   AND (m.mbr_seen_date > ? OR m.mbr_branch_id > ? OR (m.mbr_branch_id = ? AND m.id > ?))
   AND m.mbr_erased_at IS NULL
 ORDER BY m.mbr_seen_date, m.mbr_branch_id, m.id LIMIT 500;

-- name: follow_up_keep
UPDATE mst_members_lists m
  JOIN JSON_TABLE(?, '$[*]' COLUMNS (
         id BIGINT UNSIGNED PATH '$[0]',
         seen DATE PATH '$[1]')) j
   SET m.mbr_seen_date = j.seen
 WHERE m.mbr_compcode = ? AND m.id = j.id;

-- name: member_state_stale    those whose state holds no longer, with what admit needs
SELECT m.id,
       (SELECT GROUP_CONCAT(CONCAT(ms_start_date, ms_end_date,
                 IF(ms_visits IS NULL, '', CONCAT(',', s.id, ',', ms_visits, ',,,', COALESCE(
                   (SELECT GROUP_CONCAT(uvs_date SEPARATOR '') FROM trn_used_visits
                     WHERE uvs_compcode = s.ms_compcode AND uvs_subscription_id = s.id), ''))))
                 SEPARATOR ';')
          FROM trn_member_subscriptions s
         WHERE ms_compcode = m.mbr_compcode AND ms_member_id = m.id AND ms_status = 'ACTIVE'),
       (SELECT GROUP_CONCAT(CONCAT(LEFT(frz_kind, 1), frz_from, COALESCE(frz_to, '9999-12-31')) SEPARATOR '')
          FROM trn_member_freezes FORCE INDEX (frz_member)
         WHERE frz_compcode = m.mbr_compcode AND frz_member_id = m.id)
  FROM mst_members_lists m FORCE INDEX (mbr_stale)
 WHERE m.mbr_compcode = ? AND m.mbr_state_to < ? LIMIT 2000;

-- name: member_state_keep    unless what it was judged by has changed meanwhile
UPDATE mst_members_lists m
  JOIN JSON_TABLE(?, '$[*]' COLUMNS (
         id BIGINT UNSIGNED PATH '$[0]',
         state VARCHAR(8) PATH '$[1]',
         until DATE PATH '$[2]',
         holds_to DATE PATH '$[3]')) j
  JOIN mst_companies c ON c.cmp_compcode = ? AND c.cmp_revision = ?
   SET m.mbr_state = j.state, m.mbr_until = j.until, m.mbr_state_to = j.holds_to
 WHERE m.mbr_compcode = c.cmp_compcode AND m.id = j.id;

-- name: member_state_forget
UPDATE mst_members_lists SET mbr_state_to = '1000-01-01' WHERE mbr_compcode = ? AND id = ?;

-- ---- a member's page -----------------------------------------------------

-- name: member_lock    while something of it is looked at and then changed
SELECT id FROM mst_members_lists
 WHERE mbr_compcode = ? AND id = ? AND mbr_erased_at IS NULL FOR UPDATE;

-- name: member_edit
UPDATE mst_members_lists
   SET mbr_branch_id = ?, mbr_code = ?, mbr_name = ?, mbr_phone = ?, mbr_email = ?,
       mbr_joined_date = ?, mbr_birth_date = ?, mbr_notes = ?, mbr_seen_date = '1000-01-01',
       mbr_version = mbr_version + 1
 WHERE mbr_compcode = ? AND id = ? AND mbr_version = ?;

-- name: member_erase
UPDATE mst_members_lists
   SET mbr_name = ?, mbr_phone = NULL, mbr_email = NULL, mbr_notes = '', mbr_birth_date = NULL,
       mbr_unreached_phone = NULL, mbr_version = mbr_version + 1, mbr_erased_at = ?
 WHERE mbr_compcode = ? AND id = ? AND mbr_erased_at IS NULL;

-- name: freeze_forget_notes
UPDATE trn_member_freezes SET frz_note = '' WHERE frz_compcode = ? AND frz_member_id = ?;

-- name: freeze_list    of a member, the last to begin first
SELECT id, frz_kind = 'INACTIVE', frz_from, frz_to, frz_note
  FROM trn_member_freezes
 WHERE frz_compcode = ? AND frz_member_id = ?
 ORDER BY frz_from DESC, id DESC LIMIT 100;

-- name: freeze_find
SELECT id, frz_kind = 'INACTIVE', frz_from, frz_to, frz_note
  FROM trn_member_freezes
 WHERE frz_compcode = ? AND frz_member_id = ? AND id = ?;

-- name: freeze_add
INSERT INTO trn_member_freezes
  (frz_compcode, frz_member_id, frz_kind, frz_from, frz_to, frz_note, frz_nonce, frz_created_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?);

-- name: freeze_overlap    another one of its kind in its days
SELECT id FROM trn_member_freezes
 WHERE frz_compcode = ? AND frz_member_id = ? AND frz_kind = ? AND id <> ?
   AND (? IS NULL OR frz_from <= ?) AND (frz_to IS NULL OR frz_to >= ?)
 LIMIT 1;

-- name: freeze_set_to
UPDATE trn_member_freezes SET frz_to = ? WHERE frz_compcode = ? AND id = ?;

-- name: freeze_delete
DELETE FROM trn_member_freezes WHERE frz_compcode = ? AND id = ?;

-- name: override_find    whether, why and by whom a member is let in on a day
SELECT o.ovr_note, u.usr_name, o.ovr_created_at
  FROM trn_access_overrides o
  LEFT JOIN mst_users u ON u.id = o.ovr_user_id
 WHERE o.ovr_compcode = ? AND o.ovr_member_id = ? AND o.ovr_date = ?;

-- name: override_add
INSERT INTO trn_access_overrides
  (ovr_compcode, ovr_member_id, ovr_date, ovr_note, ovr_user_id, ovr_nonce, ovr_created_at)
VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: override_forget_notes
UPDATE trn_access_overrides SET ovr_note = '' WHERE ovr_compcode = ? AND ovr_member_id = ?;

-- name: visits_list    the last punches of a member, each with its newest correction
SELECT a.id, a.att_punch_time, COALESCE(d.dev_name, a.att_device_sn), a.att_time_source = 'STAFF',
       a.att_is_late, a.att_status, a.att_reason, a.att_warning, c.att_status, c.att_note
  FROM trn_member_attendances a FORCE INDEX (att_minute)
  LEFT JOIN mst_devices d ON d.dev_compcode = a.att_compcode AND d.dev_open_sn = a.att_device_sn
  LEFT JOIN trn_member_attendances c ON c.att_compcode = a.att_compcode
   AND c.id = (SELECT MAX(n.id) FROM trn_member_attendances n FORCE INDEX (att_corrects)
                WHERE n.att_compcode = a.att_compcode AND n.att_corrects_id = a.id)
 WHERE a.att_compcode = ? AND a.att_member_id = ? AND a.att_punch_minute < ?
 ORDER BY a.att_punch_minute DESC LIMIT 11;

-- name: visits_days    of a member by day, as they count after their newest corrections
SELECT v.day, SUM(v.status = 'ALLOWED'), SUM(v.status = 'DENIED')
  FROM (SELECT a.att_punch_date AS day, COALESCE(
                 (SELECT n.att_status FROM trn_member_attendances n FORCE INDEX (att_corrects)
                   WHERE n.att_compcode = a.att_compcode AND n.att_corrects_id = a.id
                   ORDER BY n.id DESC LIMIT 1), a.att_status) AS status
          FROM trn_member_attendances a FORCE INDEX (att_minute)
         WHERE a.att_compcode = ? AND a.att_member_id = ?
           AND a.att_punch_minute >= ? AND a.att_punch_minute < ?) v
 GROUP BY v.day ORDER BY v.day LIMIT 31;

-- name: consent_list    what a member said, the newest first; of each kind the last ones
SELECT c.cns_kind, c.cns_is_given, c.cns_at, u.usr_name, c.cns_source = 'MESSAGE', c.cns_again_count
  FROM ((SELECT id, cns_kind, cns_is_given, cns_at, cns_user_id, cns_source, cns_again_count
           FROM trn_member_consents
          WHERE cns_compcode = ? AND cns_member_id = ? AND cns_kind = 'BIOMETRICS' ORDER BY id DESC LIMIT 33)
        UNION ALL
        (SELECT id, cns_kind, cns_is_given, cns_at, cns_user_id, cns_source, cns_again_count
           FROM trn_member_consents
          WHERE cns_compcode = ? AND cns_member_id = ? AND cns_kind = 'PHOTO' ORDER BY id DESC LIMIT 33)
        UNION ALL
        (SELECT id, cns_kind, cns_is_given, cns_at, cns_user_id, cns_source, cns_again_count
           FROM trn_member_consents
          WHERE cns_compcode = ? AND cns_member_id = ? AND cns_kind = 'MESSAGES' ORDER BY id DESC LIMIT 33)) c
  LEFT JOIN mst_users u ON u.id = c.cns_user_id
 ORDER BY c.id DESC LIMIT 99;

-- name: consent_newest
SELECT id, cns_is_given, COALESCE(cns_again_at, cns_at), cns_source = 'MESSAGE' FROM trn_member_consents
 WHERE cns_compcode = ? AND cns_member_id = ? AND cns_kind = ?
 ORDER BY id DESC LIMIT 1;

-- name: consent_again    the same was said once more
UPDATE trn_member_consents SET cns_again_count = cns_again_count + 1, cns_again_at = ?
 WHERE cns_compcode = ? AND id = ?;

-- name: consent_add
INSERT INTO trn_member_consents
  (cns_compcode, cns_member_id, cns_kind, cns_is_given, cns_user_id, cns_at, cns_source)
VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: payment_list    of a member, the newest first
SELECT p.id, p.pay_date, p.pay_amount, p.pay_method, c.cmp_receipt_prefix,
       p.pay_receipt_year, p.pay_receipt_no, r.id IS NOT NULL
  FROM trn_payments p
  JOIN mst_companies c ON c.cmp_compcode = p.pay_compcode
  LEFT JOIN trn_payments r ON r.pay_compcode = p.pay_compcode AND r.pay_reverses_id = p.id
 WHERE p.pay_compcode = ? AND p.pay_member_id = ?
 ORDER BY p.id DESC LIMIT 100;

-- name: subscription_list    what a member has bought, the last to start first
SELECT s.id, s.ms_plan_id, p.plan_name, s.ms_branch_id, s.ms_start_date, s.ms_end_date,
       s.ms_visits, s.ms_hours, IF(s.ms_visits IS NULL, 0, (SELECT COUNT(*) FROM trn_used_visits
          WHERE uvs_compcode = s.ms_compcode AND uvs_subscription_id = s.id)),
       s.ms_amount, s.ms_paid, s.ms_due, s.ms_status = 'VOID'
  FROM trn_member_subscriptions s
  LEFT JOIN mst_membership_plans p ON p.plan_compcode = s.ms_compcode AND p.id = s.ms_plan_id
 WHERE s.ms_compcode = ? AND s.ms_member_id = ?
 ORDER BY s.ms_start_date DESC, s.id DESC LIMIT 100;

-- name: used_visit_list    days on which a member used one of a pack, the last first
SELECT s.id, u.uvs_date
  FROM trn_member_subscriptions s FORCE INDEX (ms_member)
  JOIN trn_used_visits u ON u.uvs_compcode = s.ms_compcode AND u.uvs_subscription_id = s.id
 WHERE s.ms_compcode = ? AND s.ms_member_id = ?
 ORDER BY u.uvs_date DESC, s.id LIMIT 200;

-- ---- mappings ------------------------------------------------------------

-- name: mapping_last    of a number, the newest
SELECT id, mbm_member_id, mbm_from, mbm_to FROM trn_member_biometric_mappings
 WHERE mbm_compcode = ? AND mbm_device_sn = ? AND mbm_device_user_id = ?
 ORDER BY mbm_from DESC, id DESC LIMIT 1;

-- name: mapping_add
INSERT INTO trn_member_biometric_mappings
  (mbm_compcode, mbm_device_sn, mbm_device_user_id, mbm_member_id, mbm_from, mbm_nonce, mbm_created_at)
VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: mapping_end
UPDATE trn_member_biometric_mappings SET mbm_to = ?
 WHERE mbm_compcode = ? AND id = ? AND mbm_to IS NULL;

-- name: mapping_end_all    of a terminal
UPDATE trn_member_biometric_mappings SET mbm_to = GREATEST(mbm_from, ?)
 WHERE mbm_compcode = ? AND mbm_device_sn = ? AND mbm_to IS NULL;

-- name: mapping_copy    to another terminal, where the number is free, for as long as it was
INSERT INTO trn_member_biometric_mappings
  (mbm_compcode, mbm_device_sn, mbm_device_user_id, mbm_member_id, mbm_from, mbm_created_at)
SELECT m.mbm_compcode, ?, m.mbm_device_user_id, m.mbm_member_id,
       COALESCE((SELECT MAX(h.mbm_to) FROM trn_member_biometric_mappings h FORCE INDEX (mbm_user)
                  WHERE h.mbm_compcode = m.mbm_compcode AND h.mbm_device_sn = ?
                    AND h.mbm_device_user_id = m.mbm_device_user_id), ?), ?
  FROM trn_member_biometric_mappings m
  LEFT JOIN trn_member_biometric_mappings o FORCE INDEX (mbm_open)
    ON o.mbm_compcode = m.mbm_compcode AND o.mbm_device_sn = ?
   AND o.mbm_open_user_id = m.mbm_open_user_id
 WHERE m.mbm_compcode = ? AND m.mbm_device_sn = ? AND m.mbm_to IS NULL AND o.id IS NULL;

-- name: mapping_copy_held    numbers that another member holds at the other terminal
SELECT m.mbm_device_user_id, a.mbr_name, b.mbr_name
  FROM trn_member_biometric_mappings m
  JOIN trn_member_biometric_mappings o FORCE INDEX (mbm_open)
    ON o.mbm_compcode = m.mbm_compcode AND o.mbm_device_sn = ?
   AND o.mbm_open_user_id = m.mbm_open_user_id AND o.mbm_member_id <> m.mbm_member_id
  JOIN mst_members_lists a ON a.mbr_compcode = m.mbm_compcode AND a.id = m.mbm_member_id
  JOIN mst_members_lists b ON b.mbr_compcode = o.mbm_compcode AND b.id = o.mbm_member_id
 WHERE m.mbm_compcode = ? AND m.mbm_device_sn = ? AND m.mbm_to IS NULL
 ORDER BY m.mbm_open_order LIMIT 100;

-- name: mapping_find
SELECT m.id, m.mbm_device_sn, COALESCE(d.dev_name, m.mbm_device_sn), m.mbm_device_user_id,
       u.dvu_name, l.id, l.mbr_name, l.mbr_code, m.mbm_from, m.mbm_to
  FROM trn_member_biometric_mappings m
  JOIN mst_members_lists l ON l.mbr_compcode = m.mbm_compcode AND l.id = m.mbm_member_id
  LEFT JOIN mst_devices d ON d.dev_compcode = m.mbm_compcode AND d.dev_open_sn = m.mbm_device_sn
  LEFT JOIN trn_device_users u ON u.dvu_compcode = m.mbm_compcode
   AND u.dvu_device_sn = m.mbm_device_sn AND u.dvu_user_id = m.mbm_device_user_id
 WHERE m.mbm_compcode = ? AND m.id = ? AND (? IS NULL OR d.dev_branch_id = ?);

-- name: mapping_list_device    numbers of somebody, and those that only the terminal knows
(SELECT m.id, m.mbm_device_sn, m.mbm_device_sn, m.mbm_device_user_id, u.dvu_name,
        l.id, l.mbr_name, l.mbr_code, m.mbm_from, m.mbm_to, m.mbm_open_order
   FROM trn_member_biometric_mappings m
   JOIN mst_members_lists l ON l.mbr_compcode = m.mbm_compcode AND l.id = m.mbm_member_id
   LEFT JOIN trn_device_users u ON u.dvu_compcode = m.mbm_compcode
    AND u.dvu_device_sn = m.mbm_device_sn AND u.dvu_user_id = m.mbm_device_user_id
  WHERE m.mbm_compcode = ? AND m.mbm_device_sn = ? AND m.mbm_open_order > ?
  ORDER BY m.mbm_open_order LIMIT ?)
UNION ALL
(SELECT 0, u.dvu_device_sn, u.dvu_device_sn, u.dvu_user_id, u.dvu_name, 0, NULL, NULL, NULL, NULL,
        u.dvu_order
   FROM trn_device_users u
   LEFT JOIN trn_member_biometric_mappings o FORCE INDEX (mbm_open)
     ON o.mbm_compcode = u.dvu_compcode AND o.mbm_device_sn = u.dvu_device_sn
    AND o.mbm_open_user_id = u.dvu_user_id
  WHERE u.dvu_compcode = ? AND u.dvu_device_sn = ? AND u.dvu_order > ? AND o.id IS NULL
  ORDER BY u.dvu_order LIMIT ?)
ORDER BY 11 LIMIT ?;

-- name: mapping_list_member    those that hold first
SELECT m.id, m.mbm_device_sn, COALESCE(d.dev_name, m.mbm_device_sn), m.mbm_device_user_id,
       u.dvu_name, l.id, l.mbr_name, l.mbr_code, m.mbm_from, m.mbm_to
  FROM trn_member_biometric_mappings m
  JOIN mst_members_lists l ON l.mbr_compcode = m.mbm_compcode AND l.id = m.mbm_member_id
  LEFT JOIN mst_devices d ON d.dev_compcode = m.mbm_compcode AND d.dev_open_sn = m.mbm_device_sn
  LEFT JOIN trn_device_users u ON u.dvu_compcode = m.mbm_compcode
   AND u.dvu_device_sn = m.mbm_device_sn AND u.dvu_user_id = m.mbm_device_user_id
 WHERE m.mbm_compcode = ? AND m.mbm_member_id = ?
 ORDER BY m.mbm_to IS NOT NULL, m.mbm_from DESC, m.id DESC LIMIT 100;

-- name: mapping_list_number    the newest first
SELECT m.id, m.mbm_device_sn, COALESCE(d.dev_name, m.mbm_device_sn), m.mbm_device_user_id,
       u.dvu_name, l.id, l.mbr_name, l.mbr_code, m.mbm_from, m.mbm_to
  FROM trn_member_biometric_mappings m
  JOIN mst_members_lists l ON l.mbr_compcode = m.mbm_compcode AND l.id = m.mbm_member_id
  LEFT JOIN mst_devices d ON d.dev_compcode = m.mbm_compcode AND d.dev_open_sn = m.mbm_device_sn
  LEFT JOIN trn_device_users u ON u.dvu_compcode = m.mbm_compcode
   AND u.dvu_device_sn = m.mbm_device_sn AND u.dvu_user_id = m.mbm_device_user_id
 WHERE m.mbm_compcode = ? AND m.mbm_device_sn = ? AND m.mbm_device_user_id = ?
 ORDER BY m.mbm_from DESC, m.id DESC LIMIT 100;

-- ---- photos of members ---------------------------------------------------

-- name: photo_lock    the row of the member
SELECT id FROM mst_members_lists
 WHERE mbr_compcode = ? AND id = ? AND mbr_erased_at IS NULL FOR UPDATE;

-- name: photo_state    is there one, and does the newest consent agree to it?
SELECT p.pho_member_id IS NOT NULL,
       (SELECT c.cns_is_given FROM trn_member_consents c
         WHERE c.cns_compcode = m.mbr_compcode AND c.cns_member_id = m.id
           AND c.cns_kind = 'PHOTO'
         ORDER BY c.id DESC LIMIT 1)
  FROM mst_members_lists m
  LEFT JOIN trn_member_photos p ON p.pho_compcode = m.mbr_compcode AND p.pho_member_id = m.id
 WHERE m.mbr_compcode = ? AND m.id = ? AND m.mbr_erased_at IS NULL;

-- name: photo_consent_add
INSERT INTO trn_member_consents
  (cns_compcode, cns_member_id, cns_user_id, cns_at, cns_kind, cns_is_given)
VALUES (?, ?, ?, ?, 'PHOTO', 1);

-- name: photo_set
INSERT INTO trn_member_photos (pho_compcode, pho_member_id, pho_large, pho_small, pho_at)
VALUES (?, ?, ?, ?, ?)
ON DUPLICATE KEY UPDATE pho_large = VALUES(pho_large), pho_small = VALUES(pho_small),
  pho_at = VALUES(pho_at);

-- name: photo_delete
DELETE FROM trn_member_photos WHERE pho_compcode = ? AND pho_member_id = ?;

-- name: photo_large
SELECT p.pho_large
  FROM trn_member_photos p
  JOIN mst_members_lists m ON m.mbr_compcode = p.pho_compcode AND m.id = p.pho_member_id
 WHERE p.pho_compcode = ? AND p.pho_member_id = ? AND m.mbr_erased_at IS NULL
   AND (? IS NULL OR m.mbr_branch_id = ?);

-- name: photo_small
SELECT p.pho_small
  FROM trn_member_photos p
  JOIN mst_members_lists m ON m.mbr_compcode = p.pho_compcode AND m.id = p.pho_member_id
 WHERE p.pho_compcode = ? AND p.pho_member_id = ? AND m.mbr_erased_at IS NULL
   AND (? IS NULL OR m.mbr_branch_id = ?);

-- name: member_coverage    what admit needs of one
SELECT (SELECT GROUP_CONCAT(CONCAT(ms_start_date, ms_end_date,
                 IF(ms_visits IS NULL, '', CONCAT(',', s.id, ',', ms_visits, ',,,', COALESCE(
                   (SELECT GROUP_CONCAT(uvs_date SEPARATOR '') FROM trn_used_visits
                     WHERE uvs_compcode = s.ms_compcode AND uvs_subscription_id = s.id), ''))))
                 SEPARATOR ';')
          FROM trn_member_subscriptions s
         WHERE ms_compcode = m.mbr_compcode AND ms_member_id = m.id AND ms_status = 'ACTIVE'),
       (SELECT GROUP_CONCAT(CONCAT(LEFT(frz_kind, 1), frz_from, COALESCE(frz_to, '9999-12-31')) SEPARATOR '')
          FROM trn_member_freezes FORCE INDEX (frz_member)
         WHERE frz_compcode = m.mbr_compcode AND frz_member_id = m.id)
  FROM mst_members_lists m
 WHERE m.mbr_compcode = ? AND m.id = ?;

-- ---- plans, sales, payments ----------------------------------------------

-- name: plan_list    closed ones last, when 'CLOSED' is asked for, too; those behind one
SELECT p.id, p.plan_branch_id, b.brn_name, p.plan_name, p.plan_days, p.plan_visits, p.plan_hours,
       p.plan_price, p.plan_version, p.plan_status
  FROM mst_membership_plans p
  LEFT JOIN mst_branches b ON b.brn_compcode = p.plan_compcode AND b.id = p.plan_branch_id
 WHERE p.plan_compcode = ? AND (? IS NULL OR p.plan_branch_id IS NULL OR p.plan_branch_id = ?)
   AND (p.plan_status = 'ACTIVE' OR p.plan_status = ?)
   AND (p.plan_status, p.plan_days, p.plan_name, p.id) > (?, ?, ?, ?)
 ORDER BY p.plan_status, p.plan_days, p.plan_name, p.id LIMIT 200;

-- name: plan_find
SELECT p.id, p.plan_branch_id, b.brn_name, p.plan_name, p.plan_days, p.plan_visits, p.plan_hours,
       p.plan_price, p.plan_version, p.plan_status
  FROM mst_membership_plans p
  LEFT JOIN mst_branches b ON b.brn_compcode = p.plan_compcode AND b.id = p.plan_branch_id
 WHERE p.plan_compcode = ? AND p.id = ?
   AND (? IS NULL OR p.plan_branch_id IS NULL OR p.plan_branch_id = ?);

-- name: plan_add
INSERT INTO mst_membership_plans
  (plan_compcode, plan_branch_id, plan_name, plan_days, plan_visits, plan_hours, plan_price, plan_nonce,
   plan_created_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: plan_edit
UPDATE mst_membership_plans
   SET plan_branch_id = ?, plan_name = ?, plan_days = ?, plan_visits = ?, plan_hours = ?, plan_price = ?,
       plan_version = plan_version + 1
 WHERE plan_compcode = ? AND id = ? AND plan_version = ?;

-- name: plan_set_status
UPDATE mst_membership_plans SET plan_status = ? WHERE plan_compcode = ? AND id = ?;

-- name: subscription_add
INSERT INTO trn_member_subscriptions
  (ms_compcode, ms_member_id, ms_plan_id, ms_branch_id, ms_start_date, ms_end_date, ms_visits, ms_hours,
   ms_amount, ms_nonce, ms_user_id, ms_created_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: subscription_find_nonce
SELECT id FROM trn_member_subscriptions
 WHERE ms_compcode = ? AND ms_nonce = ? AND ms_member_id = ?;

-- name: subscription_overlap    one that holds where the new one would, on one of its days
-- (a pack that is used up holds nowhere)
SELECT id FROM trn_member_subscriptions s
 WHERE ms_compcode = ? AND ms_member_id = ? AND ms_status = 'ACTIVE'
   AND ms_start_date <= ? AND ms_end_date >= ?
   AND (ms_branch_id IS NULL OR ? = 0 OR ms_branch_id = ?)
   AND (ms_visits IS NULL OR ms_visits > (SELECT COUNT(*) FROM trn_used_visits
          WHERE uvs_compcode = s.ms_compcode AND uvs_subscription_id = s.id))
 LIMIT 1;

-- name: subscription_lock
SELECT id FROM trn_member_subscriptions WHERE ms_compcode = ? AND id = ? FOR UPDATE;

-- name: subscription_due    held until the payment is committed
SELECT COALESCE(ms_due, 0) FROM trn_member_subscriptions
 WHERE ms_compcode = ? AND id = ? AND ms_member_id = ? AND ms_status = 'ACTIVE' FOR UPDATE;

-- name: subscription_paid
UPDATE trn_member_subscriptions SET ms_paid = ms_paid + ? WHERE ms_compcode = ? AND id = ?;

-- name: subscription_void    only while nothing is paid of it
UPDATE trn_member_subscriptions SET ms_status = 'VOID'
 WHERE ms_compcode = ? AND id = ? AND ms_member_id = ? AND ms_status = 'ACTIVE' AND ms_paid = 0;

-- name: receipt_draw    the counter's row is held until the payment is committed
UPDATE trn_receipt_counters SET rcc_last = rcc_last + 1
 WHERE rcc_compcode = ? AND rcc_year = ?;

-- name: receipt_year_add
INSERT INTO trn_receipt_counters (rcc_compcode, rcc_year, rcc_last) VALUES (?, ?, 1);

-- name: receipt_drawn
SELECT rcc_last FROM trn_receipt_counters WHERE rcc_compcode = ? AND rcc_year = ?;

-- name: payment_add    at the member's branch, under the tax of now; or as what it takes back
INSERT INTO trn_payments
  (pay_compcode, pay_branch_id, pay_member_id, pay_subscription_id, pay_amount, pay_method,
   pay_reference, pay_date, pay_receipt_year, pay_receipt_no, pay_gstin, pay_tax_rate,
   pay_reverses_id, pay_note, pay_user_id, pay_nonce, pay_created_at)
SELECT c.cmp_compcode, COALESCE(o.pay_branch_id, m.mbr_branch_id), ?, ?, ?, ?, ?, ?, ?, ?,
       CASE WHEN o.id IS NULL THEN c.cmp_gstin ELSE o.pay_gstin END,
       COALESCE(o.pay_tax_rate, CASE WHEN c.cmp_gstin IS NULL THEN 0 ELSE c.cmp_tax_rate END),
       ?, ?, ?, ?, ?
  FROM mst_companies c
  JOIN mst_members_lists m ON m.mbr_compcode = c.cmp_compcode AND m.id = ?
  LEFT JOIN trn_payments o ON o.pay_compcode = c.cmp_compcode AND o.id = ?
 WHERE c.cmp_compcode = ?;

-- name: payment_find_nonce
SELECT id FROM trn_payments WHERE pay_compcode = ? AND pay_nonce = ?;

-- name: payment_find
SELECT p.id, p.pay_branch_id, p.pay_member_id, p.pay_subscription_id, p.pay_amount,
       p.pay_tax_rate, p.pay_method, p.pay_reference, p.pay_note, p.pay_date,
       p.pay_receipt_year, p.pay_receipt_no, p.pay_gstin, p.pay_reverses_id, r.id, u.usr_name,
       m.mbr_name, m.mbr_code, m.mbr_phone, l.plan_name, s.ms_start_date, s.ms_end_date,
       COALESCE(s.ms_due, 0)
  FROM trn_payments p
  JOIN mst_members_lists m ON m.mbr_compcode = p.pay_compcode AND m.id = p.pay_member_id
  JOIN trn_member_subscriptions s
    ON s.ms_compcode = p.pay_compcode AND s.id = p.pay_subscription_id
  LEFT JOIN mst_membership_plans l ON l.plan_compcode = s.ms_compcode AND l.id = s.ms_plan_id
  LEFT JOIN trn_payments r ON r.pay_compcode = p.pay_compcode AND r.pay_reverses_id = p.id
  LEFT JOIN mst_users u ON u.id = p.pay_user_id
 WHERE p.pay_compcode = ? AND p.id = ? AND (? IS NULL OR p.pay_branch_id = ?);

-- name: payment_book    newest first
SELECT p.id, p.pay_date, p.pay_amount, p.pay_method, p.pay_reference, p.pay_receipt_year,
       p.pay_receipt_no, p.pay_reverses_id, r.id IS NOT NULL, p.pay_member_id, m.mbr_name, u.usr_name
  FROM trn_payments p
  JOIN mst_members_lists m ON m.mbr_compcode = p.pay_compcode AND m.id = p.pay_member_id
  LEFT JOIN trn_payments r ON r.pay_compcode = p.pay_compcode AND r.pay_reverses_id = p.id
  LEFT JOIN mst_users u ON u.id = p.pay_user_id
 WHERE p.pay_compcode = ? AND p.pay_date >= ? AND p.pay_date <= ?
   AND (? IS NULL OR p.pay_branch_id = ?) AND (? IS NULL OR p.pay_method = ?)
   AND (p.pay_date < ? OR p.id < ?)
 ORDER BY p.pay_date DESC, p.id DESC LIMIT ?;

-- name: due_list    the largest first
SELECT s.ms_member_id, m.mbr_name, m.mbr_phone, l.plan_name, s.id, s.ms_start_date, s.ms_due
  FROM trn_member_subscriptions s
  JOIN mst_members_lists m ON m.mbr_compcode = s.ms_compcode AND m.id = s.ms_member_id
  LEFT JOIN mst_membership_plans l ON l.plan_compcode = s.ms_compcode AND l.id = s.ms_plan_id
 WHERE s.ms_compcode = ? AND s.ms_due > 0 AND s.ms_due <= ?
   AND (? IS NULL OR m.mbr_branch_id = ?) AND (s.ms_due < ? OR s.id < ?)
 ORDER BY s.ms_due DESC, s.id DESC LIMIT ?;

-- name: due_list_oldest
SELECT s.ms_member_id, m.mbr_name, m.mbr_phone, l.plan_name, s.id, s.ms_start_date, s.ms_due
  FROM trn_member_subscriptions s FORCE INDEX (ms_due)
  JOIN mst_members_lists m ON m.mbr_compcode = s.ms_compcode AND m.id = s.ms_member_id
  LEFT JOIN mst_membership_plans l ON l.plan_compcode = s.ms_compcode AND l.id = s.ms_plan_id
 WHERE s.ms_compcode = ? AND s.ms_due > 0 AND s.ms_start_date >= ?
   AND (? IS NULL OR m.mbr_branch_id = ?) AND (s.ms_start_date > ? OR s.id > ?)
 ORDER BY s.ms_start_date, s.id LIMIT ?;

-- name: due_total
SELECT COUNT(*), COALESCE(SUM(s.ms_due), 0)
  FROM trn_member_subscriptions s
  JOIN mst_members_lists m ON m.mbr_compcode = s.ms_compcode AND m.id = s.ms_member_id
 WHERE s.ms_compcode = ? AND s.ms_due > 0 AND (? IS NULL OR m.mbr_branch_id = ?);

-- name: day_close    of a day, by who took it and how
SELECT u.usr_name, p.pay_method, COUNT(*), SUM(p.pay_amount),
       COALESCE(SUM(CASE WHEN p.pay_reverses_id IS NOT NULL THEN p.pay_amount END), 0)
  FROM trn_payments p
  LEFT JOIN mst_users u ON u.id = p.pay_user_id
 WHERE p.pay_compcode = ? AND p.pay_date = ? AND (? IS NULL OR p.pay_branch_id = ?)
 GROUP BY p.pay_user_id, u.usr_name, p.pay_method
 ORDER BY u.usr_name, p.pay_method LIMIT 1000;

-- name: day_reversals    of a day, what was taken back, and why
SELECT p.id, p.pay_receipt_year, p.pay_receipt_no, p.pay_amount, p.pay_method, p.pay_member_id,
       m.mbr_name, u.usr_name, p.pay_note
  FROM trn_payments p
  JOIN mst_members_lists m ON m.mbr_compcode = p.pay_compcode AND m.id = p.pay_member_id
  LEFT JOIN mst_users u ON u.id = p.pay_user_id
 WHERE p.pay_compcode = ? AND p.pay_date = ? AND (? IS NULL OR p.pay_branch_id = ?)
   AND p.pay_reverses_id IS NOT NULL
 ORDER BY p.id LIMIT 1000;

-- ---- admission -----------------------------------------------------------

-- name: admission_code_last    of who was added last
SELECT mbr_code FROM mst_members_lists WHERE mbr_compcode = ? ORDER BY id DESC LIMIT 1;

-- name: admission_code_find
SELECT id FROM mst_members_lists WHERE mbr_compcode = ? AND mbr_code = ?;

-- name: admission_add
INSERT INTO mst_members_lists
  (mbr_compcode, mbr_branch_id, mbr_code, mbr_name, mbr_phone, mbr_email,
   mbr_joined_date, mbr_birth_date, mbr_nonce, mbr_created_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: admission_find_nonce
SELECT id FROM mst_members_lists WHERE mbr_compcode = ? AND mbr_nonce = ?;

-- name: touch_list_punched    numbers that are nobody's, by what arrived last
SELECT p.pin_device_user_id, u.dvu_name, MAX(p.pin_punch_time)
  FROM trn_punch_inbox p FORCE INDEX (pin_arrival)
  LEFT JOIN trn_device_users u ON u.dvu_compcode = p.pin_compcode
   AND u.dvu_device_sn = p.pin_device_sn AND u.dvu_user_id = p.pin_device_user_id
 WHERE p.pin_compcode = ? AND p.pin_received_at >= ? AND p.pin_state = 'UNMAPPED'
   AND p.pin_device_sn = ?
 GROUP BY p.pin_device_user_id, u.dvu_name
 ORDER BY MAX(p.pin_received_at) DESC LIMIT 10;

-- name: touch_list_known    those that the terminal knows, the highest number first
SELECT u.dvu_user_id, u.dvu_name
  FROM trn_device_users u
  LEFT JOIN trn_member_biometric_mappings o FORCE INDEX (mbm_open)
    ON o.mbm_compcode = u.dvu_compcode AND o.mbm_device_sn = u.dvu_device_sn
   AND o.mbm_open_user_id = u.dvu_user_id
 WHERE u.dvu_compcode = ? AND u.dvu_device_sn = ? AND o.id IS NULL
 ORDER BY u.dvu_order DESC LIMIT 10;

-- ---- intake --------------------------------------------------------------

-- name: intake_context    token, terminal, mapping, coverage and inbox in one read
-- (Each subquery costs a third of all these joins, so what a member has used is
-- only read where it counts.  Mappings of a number never overlap, and C puts the
-- coverage in order: a sort here would cost as much as all the rest.)
SELECT t.tok_compcode, t.tok_device_sn, d.id, d.dev_branch_id, d.dev_start,
       b.brn_zone, m.mbm_member_id,
       (SELECT GROUP_CONCAT(CONCAT(s.ms_start_date, s.ms_end_date,
                 IF(s.ms_visits IS NULL AND s.ms_hours IS NULL AND s.ms_due IS NULL, '',
                   CONCAT(',', s.id, ',', COALESCE(s.ms_visits, ''), ',', COALESCE(s.ms_hours, ''), ',',
                     COALESCE(s.ms_due, ''), ',')))
                 SEPARATOR ';')
          FROM trn_member_subscriptions s FORCE INDEX (ms_member)
         WHERE s.ms_compcode = t.tok_compcode AND s.ms_member_id = m.mbm_member_id AND s.ms_status = 'ACTIVE'
           AND (s.ms_branch_id IS NULL OR s.ms_branch_id = d.dev_branch_id)),
       (SELECT GROUP_CONCAT(CONCAT(LEFT(frz_kind, 1), frz_from, COALESCE(frz_to, '9999-12-31')) SEPARATOR '')
          FROM trn_member_freezes FORCE INDEX (frz_member)
         WHERE frz_compcode = t.tok_compcode AND frz_member_id = m.mbm_member_id),
       o.ovr_date, NULL,
       CONCAT_WS(',', c.cmp_modes, c.cmp_grace_days, c.cmp_overdue_amount, c.cmp_overdue_days,
         c.cmp_day_visits, c.cmp_visit_minutes),
       d.dev_is_exit,
       p.id, p.pin_state
  FROM mst_api_tokens t
  JOIN mst_companies c ON c.cmp_compcode = t.tok_compcode AND c.cmp_status = 'ACTIVE'
  LEFT JOIN mst_devices d ON d.dev_compcode = t.tok_compcode AND d.dev_open_sn = ?
  LEFT JOIN mst_branches b ON b.brn_compcode = d.dev_compcode AND b.id = d.dev_branch_id
  LEFT JOIN trn_member_biometric_mappings m FORCE INDEX (mbm_user)
    ON m.mbm_compcode = t.tok_compcode AND m.mbm_device_sn = ? AND m.mbm_device_user_id = ?
   AND m.mbm_from <= ? AND (m.mbm_to IS NULL OR m.mbm_to > ?)
  LEFT JOIN trn_punch_inbox p FORCE INDEX (pin_once)
    ON p.pin_compcode = t.tok_compcode AND p.pin_device_sn = ? AND p.pin_device_user_id = ?
   AND p.pin_punch_time = ?
  LEFT JOIN trn_access_overrides o FORCE INDEX (ovr_day)
    ON o.ovr_compcode = t.tok_compcode AND o.ovr_member_id = m.mbm_member_id AND o.ovr_date = DATE(?)
 WHERE t.tok_hash = ? AND t.tok_revoked_at IS NULL
 LIMIT 1;

-- name: intake_context_counted    the same, and what the member has used already
SELECT t.tok_compcode, t.tok_device_sn, d.id, d.dev_branch_id, d.dev_start,
       b.brn_zone, m.mbm_member_id,
       (SELECT GROUP_CONCAT(CONCAT(s.ms_start_date, s.ms_end_date,
                 IF(s.ms_visits IS NULL AND s.ms_hours IS NULL AND s.ms_due IS NULL, '',
                   CONCAT(',', s.id, ',', COALESCE(s.ms_visits, ''), ',', COALESCE(s.ms_hours, ''), ',',
                     COALESCE(s.ms_due, ''), ',', IF(s.ms_visits IS NULL, '', COALESCE(
                       (SELECT GROUP_CONCAT(uvs_date SEPARATOR '') FROM trn_used_visits
                         WHERE uvs_compcode = s.ms_compcode AND uvs_subscription_id = s.id), '')))))
                 SEPARATOR ';')
          FROM trn_member_subscriptions s FORCE INDEX (ms_member)
         WHERE s.ms_compcode = t.tok_compcode AND s.ms_member_id = m.mbm_member_id AND s.ms_status = 'ACTIVE'
           AND (s.ms_branch_id IS NULL OR s.ms_branch_id = d.dev_branch_id)),
       (SELECT GROUP_CONCAT(CONCAT(LEFT(frz_kind, 1), frz_from, COALESCE(frz_to, '9999-12-31')) SEPARATOR '')
          FROM trn_member_freezes FORCE INDEX (frz_member)
         WHERE frz_compcode = t.tok_compcode AND frz_member_id = m.mbm_member_id),
       o.ovr_date,
       IF(c.cmp_day_visits = 0, NULL,
         (SELECT GROUP_CONCAT(y.att_punch_time SEPARATOR '')
            FROM trn_member_attendances y FORCE INDEX (att_minute)
            LEFT JOIN mst_devices x
              ON x.dev_compcode = y.att_compcode AND x.dev_open_sn = y.att_device_sn
           WHERE y.att_compcode = t.tok_compcode AND y.att_member_id = m.mbm_member_id
             AND y.att_punch_minute >= DATE(?) AND y.att_punch_minute < DATE(?) + INTERVAL 1 DAY
             AND COALESCE(x.dev_is_exit, 0) = 0
             AND 'ALLOWED' = COALESCE((SELECT k.att_status FROM trn_member_attendances k
                                        WHERE k.att_compcode = y.att_compcode AND k.id =
                                          (SELECT MAX(n.id) FROM trn_member_attendances n FORCE INDEX (att_corrects)
                                            WHERE n.att_compcode = y.att_compcode AND n.att_corrects_id = y.id)), y.att_status))),
       CONCAT_WS(',', c.cmp_modes, c.cmp_grace_days, c.cmp_overdue_amount, c.cmp_overdue_days,
         c.cmp_day_visits, c.cmp_visit_minutes),
       d.dev_is_exit,
       p.id, p.pin_state
  FROM mst_api_tokens t
  JOIN mst_companies c ON c.cmp_compcode = t.tok_compcode AND c.cmp_status = 'ACTIVE'
  LEFT JOIN mst_devices d ON d.dev_compcode = t.tok_compcode AND d.dev_open_sn = ?
  LEFT JOIN mst_branches b ON b.brn_compcode = d.dev_compcode AND b.id = d.dev_branch_id
  LEFT JOIN trn_member_biometric_mappings m FORCE INDEX (mbm_user)
    ON m.mbm_compcode = t.tok_compcode AND m.mbm_device_sn = ? AND m.mbm_device_user_id = ?
   AND m.mbm_from <= ? AND (m.mbm_to IS NULL OR m.mbm_to > ?)
  LEFT JOIN trn_punch_inbox p FORCE INDEX (pin_once)
    ON p.pin_compcode = t.tok_compcode AND p.pin_device_sn = ? AND p.pin_device_user_id = ?
   AND p.pin_punch_time = ?
  LEFT JOIN trn_access_overrides o FORCE INDEX (ovr_day)
    ON o.ovr_compcode = t.tok_compcode AND o.ovr_member_id = m.mbm_member_id AND o.ovr_date = DATE(?)
 WHERE t.tok_hash = ? AND t.tok_revoked_at IS NULL
 LIMIT 1;

-- name: intake_context_batch    as intake_context, for a list of [terminal, user, time]
SELECT j.n, d.id, d.dev_branch_id, d.dev_start, b.brn_zone, m.mbm_member_id,
       (SELECT GROUP_CONCAT(CONCAT(s.ms_start_date, s.ms_end_date,
                 IF(s.ms_visits IS NULL AND s.ms_hours IS NULL AND s.ms_due IS NULL, '',
                   CONCAT(',', s.id, ',', COALESCE(s.ms_visits, ''), ',', COALESCE(s.ms_hours, ''), ',',
                     COALESCE(s.ms_due, ''), ',')))
                 SEPARATOR ';')
          FROM trn_member_subscriptions s FORCE INDEX (ms_member)
         WHERE s.ms_compcode = m.mbm_compcode AND s.ms_member_id = m.mbm_member_id AND s.ms_status = 'ACTIVE'
           AND (s.ms_branch_id IS NULL OR s.ms_branch_id = d.dev_branch_id)),
       (SELECT GROUP_CONCAT(CONCAT(LEFT(frz_kind, 1), frz_from, COALESCE(frz_to, '9999-12-31')) SEPARATOR '')
          FROM trn_member_freezes FORCE INDEX (frz_member)
         WHERE frz_compcode = m.mbm_compcode AND frz_member_id = m.mbm_member_id),
       o.ovr_date, NULL,
       CONCAT_WS(',', c.cmp_modes, c.cmp_grace_days, c.cmp_overdue_amount, c.cmp_overdue_days,
         c.cmp_day_visits, c.cmp_visit_minutes),
       d.dev_is_exit,
       p.id, p.pin_state,
       a.id, a.att_device_sn, a.att_device_user_id, a.att_punch_time
  FROM JSON_TABLE(?, '$[*]' COLUMNS (
         n FOR ORDINALITY,
         sn VARCHAR(32) PATH '$[0]',
         user_id VARCHAR(24) PATH '$[1]',
         punch_time DATETIME PATH '$[2]')) j
  LEFT JOIN mst_devices d
    ON d.dev_compcode = ? AND d.dev_open_sn = CONVERT(j.sn USING ascii)
  LEFT JOIN mst_companies c ON c.cmp_compcode = d.dev_compcode
  LEFT JOIN mst_branches b ON b.brn_compcode = d.dev_compcode AND b.id = d.dev_branch_id
  LEFT JOIN trn_member_biometric_mappings m FORCE INDEX (mbm_user)
    ON m.mbm_compcode = d.dev_compcode
   AND m.mbm_device_sn = CONVERT(j.sn USING ascii)
   AND m.mbm_device_user_id = CONVERT(j.user_id USING ascii)
   AND m.mbm_from <= j.punch_time AND (m.mbm_to IS NULL OR m.mbm_to > j.punch_time)
  LEFT JOIN trn_punch_inbox p FORCE INDEX (pin_once)
    ON p.pin_compcode = d.dev_compcode
   AND p.pin_device_sn = CONVERT(j.sn USING ascii)
   AND p.pin_device_user_id = CONVERT(j.user_id USING ascii)
   AND p.pin_punch_time = j.punch_time
  LEFT JOIN trn_access_overrides o FORCE INDEX (ovr_day)
    ON o.ovr_compcode = m.mbm_compcode AND o.ovr_member_id = m.mbm_member_id AND o.ovr_date = DATE(j.punch_time)
  LEFT JOIN trn_member_attendances a FORCE INDEX (att_minute)
    ON a.att_compcode = m.mbm_compcode AND a.att_member_id = m.mbm_member_id
   AND a.att_punch_minute = j.punch_time - INTERVAL SECOND(j.punch_time) SECOND
 ORDER BY j.n LIMIT 2000;

-- name: attendance_add
INSERT INTO trn_member_attendances
  (att_compcode, att_branch_id, att_member_id, att_device_user_id, att_device_sn,
   att_punch_time, att_status, att_reason, att_warning, att_time_source, att_time_raw,
   att_clock_offset, att_is_late, att_received_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: used_visit_add    one of a pack, as long as any are left
INSERT INTO trn_used_visits (uvs_compcode, uvs_subscription_id, uvs_date, uvs_attendance_id)
SELECT s.ms_compcode, s.id, ?, ?
  FROM trn_member_subscriptions s
 WHERE s.ms_compcode = ? AND s.id = ?
   AND s.ms_visits > (SELECT COUNT(*) FROM trn_used_visits u
                       WHERE u.uvs_compcode = s.ms_compcode AND u.uvs_subscription_id = s.id);

-- name: used_visit_other    a punch of the same day that counts, at no exit
SELECT y.id
  FROM trn_member_attendances a
  JOIN trn_member_attendances y FORCE INDEX (att_minute)
    ON y.att_compcode = a.att_compcode AND y.att_member_id = a.att_member_id
   AND y.att_punch_minute >= a.att_punch_date
   AND y.att_punch_minute < a.att_punch_date + INTERVAL 1 DAY
  LEFT JOIN mst_devices x ON x.dev_compcode = y.att_compcode AND x.dev_open_sn = y.att_device_sn
 WHERE a.att_compcode = ? AND a.id = ? AND a.att_member_id = ? AND y.id <> ?
   AND COALESCE(x.dev_is_exit, 0) = 0
   AND 'ALLOWED' = COALESCE((SELECT k.att_status FROM trn_member_attendances k
                              WHERE k.att_compcode = y.att_compcode AND k.id =
                                (SELECT MAX(n.id) FROM trn_member_attendances n FORCE INDEX (att_corrects)
                                  WHERE n.att_compcode = y.att_compcode AND n.att_corrects_id = y.id)), y.att_status)
 LIMIT 1;

-- name: used_visit_pass_on
UPDATE trn_used_visits SET uvs_attendance_id = ?
 WHERE uvs_compcode = ? AND uvs_attendance_id = ?;

-- name: used_visit_delete
DELETE FROM trn_used_visits WHERE uvs_compcode = ? AND uvs_attendance_id = ?;

-- name: attendance_add_batch
INSERT INTO trn_member_attendances
  (att_compcode, att_branch_id, att_member_id, att_device_user_id, att_device_sn,
   att_punch_time, att_status, att_reason, att_warning, att_time_source, att_time_raw,
   att_clock_offset, att_is_late, att_received_at)
SELECT ?, j.branch, j.member, j.user_id, j.sn, j.punch_time, j.status, j.reason, j.warning,
       j.source, j.raw, j.clock_offset, j.late, ?
  FROM JSON_TABLE(?, '$[*]' COLUMNS (
         branch BIGINT UNSIGNED PATH '$[0]',
         member BIGINT UNSIGNED PATH '$[1]',
         user_id VARCHAR(24) PATH '$[2]',
         sn VARCHAR(32) PATH '$[3]',
         punch_time DATETIME PATH '$[4]',
         status VARCHAR(8) PATH '$[5]',
         reason VARCHAR(64) PATH '$[6]',
         source VARCHAR(8) PATH '$[7]',
         raw VARCHAR(64) PATH '$[8]',
         clock_offset INT PATH '$[9]',
         late INT PATH '$[10]',
         warning VARCHAR(64) PATH '$[11]')) j;

-- name: attendance_find_raw    the same punch without a time, a moment ago
SELECT att_status FROM trn_member_attendances
 WHERE att_compcode = ? AND att_received_at >= ? AND att_device_sn = ?
   AND att_device_user_id = ? AND att_time_raw = ? AND att_time_source = 'SERVER'
 LIMIT 1;

-- name: inbox_find_raw
SELECT pin_state FROM trn_punch_inbox
 WHERE pin_compcode = ? AND pin_received_at >= ? AND pin_device_sn = ?
   AND pin_device_user_id = ? AND pin_time_raw = ? AND pin_time_source = 'SERVER'
 LIMIT 1;

-- name: inbox_add
INSERT INTO trn_punch_inbox
  (pin_compcode, pin_branch_id, pin_device_sn, pin_device_user_id, pin_punch_time,
   pin_state, pin_time_source, pin_time_raw, pin_clock_offset, pin_received_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: inbox_add_repeat    unless the attendance of that minute is this very punch
INSERT INTO trn_punch_inbox
  (pin_compcode, pin_branch_id, pin_device_sn, pin_device_user_id, pin_punch_time,
   pin_state, pin_time_source, pin_time_raw, pin_clock_offset, pin_received_at)
SELECT ?, ?, ?, ?, ?, 'REPEAT', ?, ?, ?, ?
  FROM mst_companies
 WHERE cmp_compcode = ? AND NOT EXISTS (
   SELECT 1 FROM trn_member_attendances
    WHERE att_compcode = ? AND att_member_id = ? AND att_punch_minute = ?
      AND att_device_sn = ? AND att_device_user_id = ? AND att_punch_time = ?);

-- name: inbox_add_batch
INSERT INTO trn_punch_inbox
  (pin_compcode, pin_branch_id, pin_device_sn, pin_device_user_id, pin_punch_time,
   pin_state, pin_time_source, pin_time_raw, pin_clock_offset, pin_received_at)
SELECT ?, j.branch, j.sn, j.user_id, j.punch_time, j.state, j.source, j.raw,
       j.clock_offset, ?
  FROM JSON_TABLE(?, '$[*]' COLUMNS (
         branch BIGINT UNSIGNED PATH '$[0]',
         sn VARCHAR(32) PATH '$[1]',
         user_id VARCHAR(24) PATH '$[2]',
         punch_time DATETIME PATH '$[3]',
         state VARCHAR(9) PATH '$[4]',
         source VARCHAR(8) PATH '$[5]',
         raw VARCHAR(64) PATH '$[6]',
         clock_offset INT PATH '$[7]')) j;

-- name: inbox_settle    from UNMAPPED to TAKEN or REPEAT
UPDATE trn_punch_inbox SET pin_state = ?
 WHERE pin_compcode = ? AND id = ? AND pin_state = 'UNMAPPED';

-- name: inbox_waiting    punches of a number that lie unmapped and are somebody's now
SELECT p.id, p.pin_punch_time, p.pin_time_source, p.pin_time_raw, p.pin_clock_offset IS NOT NULL,
       p.pin_clock_offset, p.pin_received_at, p.pin_branch_id, b.brn_zone, d.id, d.dev_start,
       m.mbm_member_id,
       (SELECT GROUP_CONCAT(CONCAT(s.ms_start_date, s.ms_end_date,
                 IF(s.ms_visits IS NULL AND s.ms_hours IS NULL AND s.ms_due IS NULL, '',
                   CONCAT(',', s.id, ',', COALESCE(s.ms_visits, ''), ',', COALESCE(s.ms_hours, ''), ',',
                     COALESCE(s.ms_due, ''), ',', IF(s.ms_visits IS NULL, '', COALESCE(
                       (SELECT GROUP_CONCAT(uvs_date SEPARATOR '') FROM trn_used_visits
                         WHERE uvs_compcode = s.ms_compcode AND uvs_subscription_id = s.id), '')))))
                 SEPARATOR ';')
          FROM trn_member_subscriptions s FORCE INDEX (ms_member)
         WHERE s.ms_compcode = m.mbm_compcode AND s.ms_member_id = m.mbm_member_id AND s.ms_status = 'ACTIVE'
           AND (s.ms_branch_id IS NULL OR s.ms_branch_id = p.pin_branch_id)),
       (SELECT GROUP_CONCAT(CONCAT(LEFT(frz_kind, 1), frz_from, COALESCE(frz_to, '9999-12-31')) SEPARATOR '')
          FROM trn_member_freezes FORCE INDEX (frz_member)
         WHERE frz_compcode = m.mbm_compcode AND frz_member_id = m.mbm_member_id),
       (SELECT ovr_date FROM trn_access_overrides
         WHERE ovr_compcode = m.mbm_compcode AND ovr_member_id = m.mbm_member_id AND ovr_date = DATE(p.pin_punch_time)),
       IF(c.cmp_day_visits = 0, NULL,
         (SELECT GROUP_CONCAT(y.att_punch_time SEPARATOR '')
            FROM trn_member_attendances y FORCE INDEX (att_minute)
            LEFT JOIN mst_devices x
              ON x.dev_compcode = y.att_compcode AND x.dev_open_sn = y.att_device_sn
           WHERE y.att_compcode = m.mbm_compcode AND y.att_member_id = m.mbm_member_id
             AND y.att_punch_minute >= DATE(p.pin_punch_time) AND y.att_punch_minute < DATE(p.pin_punch_time) + INTERVAL 1 DAY
             AND COALESCE(x.dev_is_exit, 0) = 0
             AND 'ALLOWED' = COALESCE((SELECT k.att_status FROM trn_member_attendances k
                                        WHERE k.att_compcode = y.att_compcode AND k.id =
                                          (SELECT MAX(n.id) FROM trn_member_attendances n FORCE INDEX (att_corrects)
                                            WHERE n.att_compcode = y.att_compcode AND n.att_corrects_id = y.id)), y.att_status))),
       CONCAT_WS(',', c.cmp_modes, c.cmp_grace_days, c.cmp_overdue_amount, c.cmp_overdue_days,
         c.cmp_day_visits, c.cmp_visit_minutes),
       d.dev_is_exit
  FROM trn_punch_inbox p FORCE INDEX (pin_group)
  JOIN mst_companies c ON c.cmp_compcode = p.pin_compcode
  JOIN mst_branches b ON b.brn_compcode = p.pin_compcode AND b.id = p.pin_branch_id
  JOIN mst_devices d ON d.dev_compcode = p.pin_compcode AND d.dev_open_sn = p.pin_device_sn
   AND p.pin_punch_time >= d.dev_start
  JOIN trn_member_biometric_mappings m FORCE INDEX (mbm_user)
    ON m.mbm_compcode = p.pin_compcode AND m.mbm_device_sn = p.pin_device_sn
   AND m.mbm_device_user_id = p.pin_device_user_id
   AND m.mbm_from <= p.pin_punch_time AND (m.mbm_to IS NULL OR m.mbm_to > p.pin_punch_time)
 WHERE p.pin_compcode = ? AND p.pin_device_sn = ? AND p.pin_device_user_id = ?
   AND p.pin_state = 'UNMAPPED'
 ORDER BY p.pin_punch_time LIMIT 100;

-- name: inbox_waiting_numbers    whose punches lie unmapped and are somebody's now
SELECT DISTINCT g.sn, g.user_id
  FROM (SELECT DISTINCT pin_compcode AS company, pin_device_sn AS sn, pin_device_user_id AS user_id
          FROM trn_punch_inbox FORCE INDEX (pin_group)
         WHERE pin_compcode = ? AND pin_state = 'UNMAPPED') g
  JOIN mst_devices d ON d.dev_compcode = g.company AND d.dev_open_sn = g.sn
  JOIN trn_member_biometric_mappings m FORCE INDEX (mbm_user)
    ON m.mbm_compcode = g.company AND m.mbm_device_sn = g.sn AND m.mbm_device_user_id = g.user_id
  JOIN trn_punch_inbox p FORCE INDEX (pin_group)
    ON p.pin_compcode = g.company AND p.pin_state = 'UNMAPPED' AND p.pin_device_sn = g.sn
   AND p.pin_device_user_id = g.user_id
   AND p.pin_punch_time >= GREATEST(m.mbm_from, d.dev_start)
   AND (m.mbm_to IS NULL OR p.pin_punch_time < m.mbm_to)
 LIMIT 100;

-- ---- inbox ---------------------------------------------------------------

-- name: inbox_list_groups    by terminal and number: how often, and when
SELECT g.sn, COALESCE(d.dev_name, g.sn), d.id IS NOT NULL, g.user_id, u.dvu_name,
       g.times, g.first_time, g.last_time
  FROM (SELECT pin_compcode AS company, pin_device_sn AS sn, pin_device_user_id AS user_id,
               COUNT(*) AS times, MIN(pin_punch_time) AS first_time, MAX(pin_punch_time) AS last_time
          FROM trn_punch_inbox FORCE INDEX (pin_group)
         WHERE pin_compcode = ? AND pin_state = ? AND (? IS NULL OR pin_branch_id = ?)
           AND (pin_device_sn > ? OR (pin_device_sn = ? AND pin_device_user_id > ?))
         GROUP BY pin_compcode, pin_device_sn, pin_device_user_id
         ORDER BY pin_device_sn, pin_device_user_id LIMIT ?) g
  LEFT JOIN mst_devices d ON d.dev_compcode = g.company AND d.dev_open_sn = g.sn
  LEFT JOIN trn_device_users u ON u.dvu_compcode = g.company AND u.dvu_device_sn = g.sn
   AND u.dvu_user_id = g.user_id
 ORDER BY g.sn, g.user_id LIMIT ?;

-- name: inbox_number    what lies unmapped of one
SELECT COUNT(*), MIN(pin_punch_time), MAX(pin_punch_time),
       (SELECT dvu_name FROM trn_device_users
         WHERE dvu_compcode = ? AND dvu_device_sn = ? AND dvu_user_id = ?)
  FROM trn_punch_inbox FORCE INDEX (pin_group)
 WHERE pin_compcode = ? AND pin_state = 'UNMAPPED' AND pin_device_sn = ? AND pin_device_user_id = ?;

-- name: inbox_list    in one state, the newest first
SELECT p.id, p.pin_branch_id, p.pin_device_sn, COALESCE(d.dev_name, p.pin_device_sn),
       p.pin_device_user_id, u.dvu_name, p.pin_punch_time, p.pin_state, p.pin_time_raw,
       p.pin_received_at, l.mbr_name, b.brn_zone
  FROM (SELECT id, pin_compcode, pin_branch_id, pin_device_sn, pin_device_user_id,
               pin_punch_time, pin_state, pin_time_raw, pin_received_at
          FROM trn_punch_inbox FORCE INDEX (pin_state)
         WHERE pin_compcode = ? AND pin_state = ? AND (? IS NULL OR pin_branch_id = ?)
          AND pin_punch_time <= ? AND (pin_punch_time < ? OR id < ?)
         ORDER BY pin_punch_time DESC, id DESC LIMIT ?) p
  JOIN mst_branches b ON b.brn_compcode = p.pin_compcode AND b.id = p.pin_branch_id
  LEFT JOIN mst_devices d ON d.dev_compcode = p.pin_compcode AND d.dev_open_sn = p.pin_device_sn
  LEFT JOIN trn_device_users u ON u.dvu_compcode = p.pin_compcode
   AND u.dvu_device_sn = p.pin_device_sn AND u.dvu_user_id = p.pin_device_user_id
  LEFT JOIN trn_member_biometric_mappings m FORCE INDEX (mbm_user)
    ON m.mbm_compcode = p.pin_compcode AND m.mbm_device_sn = p.pin_device_sn
   AND m.mbm_device_user_id = p.pin_device_user_id
   AND m.mbm_from <= p.pin_punch_time AND (m.mbm_to IS NULL OR m.mbm_to > p.pin_punch_time)
  LEFT JOIN mst_members_lists l ON l.mbr_compcode = m.mbm_compcode AND l.id = m.mbm_member_id
 ORDER BY p.pin_punch_time DESC, p.id DESC LIMIT ?;

-- name: inbox_list_number    the same of one number
SELECT p.id, p.pin_branch_id, p.pin_device_sn, COALESCE(d.dev_name, p.pin_device_sn),
       p.pin_device_user_id, u.dvu_name, p.pin_punch_time, p.pin_state, p.pin_time_raw,
       p.pin_received_at, l.mbr_name, b.brn_zone
  FROM (SELECT id, pin_compcode, pin_branch_id, pin_device_sn, pin_device_user_id,
               pin_punch_time, pin_state, pin_time_raw, pin_received_at
          FROM trn_punch_inbox FORCE INDEX (pin_group)
         WHERE pin_compcode = ? AND pin_state = ? AND pin_device_sn = ? AND pin_device_user_id = ?
          AND (? IS NULL OR pin_branch_id = ?)
          AND pin_punch_time <= ? AND (pin_punch_time < ? OR id < ?)
         ORDER BY pin_punch_time DESC, id DESC LIMIT ?) p
  JOIN mst_branches b ON b.brn_compcode = p.pin_compcode AND b.id = p.pin_branch_id
  LEFT JOIN mst_devices d ON d.dev_compcode = p.pin_compcode AND d.dev_open_sn = p.pin_device_sn
  LEFT JOIN trn_device_users u ON u.dvu_compcode = p.pin_compcode
   AND u.dvu_device_sn = p.pin_device_sn AND u.dvu_user_id = p.pin_device_user_id
  LEFT JOIN trn_member_biometric_mappings m FORCE INDEX (mbm_user)
    ON m.mbm_compcode = p.pin_compcode AND m.mbm_device_sn = p.pin_device_sn
   AND m.mbm_device_user_id = p.pin_device_user_id
   AND m.mbm_from <= p.pin_punch_time AND (m.mbm_to IS NULL OR m.mbm_to > p.pin_punch_time)
  LEFT JOIN mst_members_lists l ON l.mbr_compcode = m.mbm_compcode AND l.id = m.mbm_member_id
 ORDER BY p.pin_punch_time DESC, p.id DESC LIMIT ?;

-- name: inbox_find
SELECT p.id, p.pin_branch_id, p.pin_device_sn, COALESCE(d.dev_name, p.pin_device_sn),
       p.pin_device_user_id, u.dvu_name, p.pin_punch_time, p.pin_state, p.pin_time_raw,
       p.pin_received_at, l.mbr_name, b.brn_zone
  FROM trn_punch_inbox p
  JOIN mst_branches b ON b.brn_compcode = p.pin_compcode AND b.id = p.pin_branch_id
  LEFT JOIN mst_devices d ON d.dev_compcode = p.pin_compcode AND d.dev_open_sn = p.pin_device_sn
  LEFT JOIN trn_device_users u ON u.dvu_compcode = p.pin_compcode
   AND u.dvu_device_sn = p.pin_device_sn AND u.dvu_user_id = p.pin_device_user_id
  LEFT JOIN trn_member_biometric_mappings m FORCE INDEX (mbm_user)
    ON m.mbm_compcode = p.pin_compcode AND m.mbm_device_sn = p.pin_device_sn
   AND m.mbm_device_user_id = p.pin_device_user_id
   AND m.mbm_from <= p.pin_punch_time AND (m.mbm_to IS NULL OR m.mbm_to > p.pin_punch_time)
  LEFT JOIN mst_members_lists l ON l.mbr_compcode = m.mbm_compcode AND l.id = m.mbm_member_id
 WHERE p.pin_compcode = ? AND p.id = ? AND (? IS NULL OR p.pin_branch_id = ?);

-- name: inbox_dismiss
UPDATE trn_punch_inbox
   SET pin_was = pin_state, pin_state = 'DISMISSED', pin_user_id = ?, pin_settled_at = ?
 WHERE pin_compcode = ? AND id = ? AND pin_state IN ('UNMAPPED', 'CLOCK')
   AND (? IS NULL OR pin_branch_id = ?);

-- name: inbox_dismiss_number    a thousand at a time
UPDATE trn_punch_inbox
   SET pin_was = pin_state, pin_state = 'DISMISSED', pin_user_id = ?, pin_settled_at = ?
 WHERE pin_compcode = ? AND pin_state = 'UNMAPPED' AND pin_device_sn = ? AND pin_device_user_id = ?
   AND (? IS NULL OR pin_branch_id = ?)
 LIMIT 1000;

-- name: inbox_undo
UPDATE trn_punch_inbox
   SET pin_state = pin_was, pin_was = NULL, pin_user_id = ?, pin_settled_at = ?
 WHERE pin_compcode = ? AND id = ? AND pin_state = 'DISMISSED'
   AND (? IS NULL OR pin_branch_id = ?);

-- name: inbox_undo_number    a thousand at a time
UPDATE trn_punch_inbox
   SET pin_state = pin_was, pin_was = NULL, pin_user_id = ?, pin_settled_at = ?
 WHERE pin_compcode = ? AND pin_state = 'DISMISSED' AND pin_device_sn = ? AND pin_device_user_id = ?
   AND (? IS NULL OR pin_branch_id = ?)
 LIMIT 1000;

-- name: inbox_add_right    the same punch at the time that staff say
INSERT INTO trn_punch_inbox
  (pin_compcode, pin_branch_id, pin_device_sn, pin_device_user_id, pin_punch_time,
   pin_state, pin_time_source, pin_time_raw, pin_received_at, pin_user_id, pin_settled_at)
SELECT pin_compcode, pin_branch_id, pin_device_sn, pin_device_user_id, ?,
       'UNMAPPED', 'STAFF', ?, pin_received_at, ?, ?
  FROM trn_punch_inbox WHERE pin_compcode = ? AND id = ?;

-- name: inbox_close_clock    its place is taken by a row at the right time
UPDATE trn_punch_inbox
   SET pin_was = pin_state, pin_state = 'TAKEN', pin_user_id = ?, pin_settled_at = ?
 WHERE pin_compcode = ? AND id = ? AND pin_state = 'CLOCK';

-- ---- attendance ----------------------------------------------------------

-- name: attendance_list    of days, the newest first: each punch once, with its newest correction
-- (in the order of the key: time, status, id)
SELECT a.id, a.att_branch_id, a.att_member_id, m.mbr_name, m.mbr_code,
       a.att_device_sn, COALESCE(d.dev_name, a.att_device_sn), a.att_device_user_id,
       a.att_punch_time, a.att_status, a.att_reason, a.att_warning, a.att_note, u.usr_name, a.att_is_late,
       COALESCE(d.dev_is_exit, 0), a.att_time_source = 'STAFF', a.att_time_raw,
       c.id, c.att_status, c.att_note, cu.usr_name
  FROM trn_member_attendances a FORCE INDEX (att_corrects)
  JOIN mst_members_lists m ON m.mbr_compcode = a.att_compcode AND m.id = a.att_member_id
  LEFT JOIN trn_member_attendances c ON c.att_compcode = a.att_compcode
   AND c.id = (SELECT MAX(n.id) FROM trn_member_attendances n FORCE INDEX (att_corrects)
                WHERE n.att_compcode = a.att_compcode AND n.att_corrects_id = a.id)
  LEFT JOIN mst_devices d ON d.dev_compcode = a.att_compcode AND d.dev_open_sn = a.att_device_sn
  LEFT JOIN mst_users u ON u.id = a.att_user_id
  LEFT JOIN mst_users cu ON cu.id = c.att_user_id
 WHERE a.att_compcode = ? AND a.att_corrects_id IS NULL
   AND a.att_punch_time >= ? AND a.att_punch_time <= ?
   AND (? IS NULL OR a.att_punch_time < ? OR a.att_status < ? OR (a.att_status = ? AND a.id < ?))
   AND (? IS NULL OR a.att_branch_id = ?) AND (? IS NULL OR a.att_device_sn = ?)
   AND (? IS NULL OR a.att_reason = ? OR a.att_warning = ?)
   AND (? IS NULL OR COALESCE(c.att_status, a.att_status) = ?)
 ORDER BY a.att_punch_time DESC, a.att_status DESC, a.id DESC LIMIT ?;

-- name: attendance_list_member    of a member, who has one a minute
SELECT a.id, a.att_branch_id, a.att_member_id, m.mbr_name, m.mbr_code,
       a.att_device_sn, COALESCE(d.dev_name, a.att_device_sn), a.att_device_user_id,
       a.att_punch_time, a.att_status, a.att_reason, a.att_warning, a.att_note, u.usr_name, a.att_is_late,
       COALESCE(d.dev_is_exit, 0), a.att_time_source = 'STAFF', a.att_time_raw,
       c.id, c.att_status, c.att_note, cu.usr_name
  FROM trn_member_attendances a FORCE INDEX (att_minute)
  JOIN mst_members_lists m ON m.mbr_compcode = a.att_compcode AND m.id = a.att_member_id
  LEFT JOIN trn_member_attendances c ON c.att_compcode = a.att_compcode
   AND c.id = (SELECT MAX(n.id) FROM trn_member_attendances n FORCE INDEX (att_corrects)
                WHERE n.att_compcode = a.att_compcode AND n.att_corrects_id = a.id)
  LEFT JOIN mst_devices d ON d.dev_compcode = a.att_compcode AND d.dev_open_sn = a.att_device_sn
  LEFT JOIN mst_users u ON u.id = a.att_user_id
  LEFT JOIN mst_users cu ON cu.id = c.att_user_id
 WHERE a.att_compcode = ? AND a.att_member_id = ? AND a.att_punch_minute BETWEEN ? AND ?
   AND (? IS NULL OR a.att_branch_id = ?) AND (? IS NULL OR a.att_device_sn = ?)
   AND (? IS NULL OR a.att_reason = ? OR a.att_warning = ?)
   AND (? IS NULL OR COALESCE(c.att_status, a.att_status) = ?)
 ORDER BY a.att_punch_minute DESC LIMIT ?;

-- name: attendance_find
SELECT a.id, a.att_branch_id, a.att_member_id, m.mbr_name, m.mbr_code,
       a.att_device_sn, COALESCE(d.dev_name, a.att_device_sn), a.att_device_user_id,
       a.att_punch_time, a.att_status, a.att_reason, a.att_warning, a.att_note, u.usr_name, a.att_is_late,
       COALESCE(d.dev_is_exit, 0), a.att_time_source = 'STAFF', a.att_time_raw,
       c.id, c.att_status, c.att_note, cu.usr_name
  FROM trn_member_attendances a
  JOIN mst_members_lists m ON m.mbr_compcode = a.att_compcode AND m.id = a.att_member_id
  LEFT JOIN trn_member_attendances c ON c.att_compcode = a.att_compcode
   AND c.id = (SELECT MAX(n.id) FROM trn_member_attendances n FORCE INDEX (att_corrects)
                WHERE n.att_compcode = a.att_compcode AND n.att_corrects_id = a.id)
  LEFT JOIN mst_devices d ON d.dev_compcode = a.att_compcode AND d.dev_open_sn = a.att_device_sn
  LEFT JOIN mst_users u ON u.id = a.att_user_id
  LEFT JOIN mst_users cu ON cu.id = c.att_user_id
 WHERE a.att_compcode = ? AND a.id = ? AND a.att_corrects_id IS NULL
   AND (? IS NULL OR a.att_branch_id = ?);

-- name: attendance_list_refused    expired members who still come, the last to come first
-- (who was refused is found first: there are fewer of them than of members)
SELECT m.id, m.mbr_name, m.mbr_code, m.mbr_phone, m.mbr_until, r.times, r.last_time
  FROM (SELECT a.att_compcode AS company, a.att_member_id AS member_id, COUNT(*) AS times,
               MAX(a.att_punch_time) AS last_time
          FROM trn_member_attendances a FORCE INDEX (att_corrects)
          LEFT JOIN trn_member_attendances n FORCE INDEX (att_corrects)
            ON n.att_compcode = a.att_compcode AND n.att_corrects_id = a.id
         WHERE a.att_compcode = ? AND a.att_corrects_id IS NULL
           AND a.att_punch_time >= ? AND a.att_status = 'DENIED' AND n.id IS NULL
         GROUP BY a.att_compcode, a.att_member_id) r
  STRAIGHT_JOIN mst_members_lists m FORCE INDEX (PRIMARY)
    ON m.mbr_compcode = r.company AND m.id = r.member_id
 WHERE m.mbr_state = 'EXPIRED' AND m.mbr_erased_at IS NULL AND (? IS NULL OR m.mbr_branch_id = ?)
   AND (? IS NULL OR r.last_time < ? OR (r.last_time = ? AND m.id < ?))
 ORDER BY r.last_time DESC, m.id DESC LIMIT ?;

-- name: attendance_facts    what admit needs of a member at a branch
SELECT (SELECT GROUP_CONCAT(CONCAT(s.ms_start_date, s.ms_end_date,
                 IF(s.ms_visits IS NULL AND s.ms_hours IS NULL AND s.ms_due IS NULL, '',
                   CONCAT(',', s.id, ',', COALESCE(s.ms_visits, ''), ',', COALESCE(s.ms_hours, ''), ',',
                     COALESCE(s.ms_due, ''), ',', IF(s.ms_visits IS NULL, '', COALESCE(
                       (SELECT GROUP_CONCAT(uvs_date SEPARATOR '') FROM trn_used_visits
                         WHERE uvs_compcode = s.ms_compcode AND uvs_subscription_id = s.id), '')))))
                 SEPARATOR ';')
          FROM trn_member_subscriptions s FORCE INDEX (ms_member)
         WHERE s.ms_compcode = m.mbr_compcode AND s.ms_member_id = m.id AND s.ms_status = 'ACTIVE'
           AND (s.ms_branch_id IS NULL OR s.ms_branch_id = ?)),
       (SELECT GROUP_CONCAT(CONCAT(LEFT(frz_kind, 1), frz_from, COALESCE(frz_to, '9999-12-31')) SEPARATOR '')
          FROM trn_member_freezes FORCE INDEX (frz_member)
         WHERE frz_compcode = m.mbr_compcode AND frz_member_id = m.id),
       (SELECT ovr_date FROM trn_access_overrides
         WHERE ovr_compcode = m.mbr_compcode AND ovr_member_id = m.id AND ovr_date = DATE(?)),
       IF(c.cmp_day_visits = 0, NULL,
         (SELECT GROUP_CONCAT(y.att_punch_time SEPARATOR '')
            FROM trn_member_attendances y FORCE INDEX (att_minute)
            LEFT JOIN mst_devices x
              ON x.dev_compcode = y.att_compcode AND x.dev_open_sn = y.att_device_sn
           WHERE y.att_compcode = m.mbr_compcode AND y.att_member_id = m.id
             AND y.att_punch_minute >= DATE(?) AND y.att_punch_minute < DATE(?) + INTERVAL 1 DAY
             AND COALESCE(x.dev_is_exit, 0) = 0
             AND 'ALLOWED' = COALESCE((SELECT k.att_status FROM trn_member_attendances k
                                        WHERE k.att_compcode = y.att_compcode AND k.id =
                                          (SELECT MAX(n.id) FROM trn_member_attendances n FORCE INDEX (att_corrects)
                                            WHERE n.att_compcode = y.att_compcode AND n.att_corrects_id = y.id)), y.att_status))),
       CONCAT_WS(',', c.cmp_modes, c.cmp_grace_days, c.cmp_overdue_amount, c.cmp_overdue_days,
         c.cmp_day_visits, c.cmp_visit_minutes)
  FROM mst_members_lists m
  JOIN mst_companies c ON c.cmp_compcode = m.mbr_compcode
 WHERE m.mbr_compcode = ? AND m.id = ?;

-- name: access_rules    as access_rules.h reads them
SELECT CONCAT_WS(',', cmp_modes, cmp_grace_days, cmp_overdue_amount, cmp_overdue_days,
         cmp_day_visits, cmp_visit_minutes)
  FROM mst_companies WHERE cmp_compcode = ?;

-- name: access_edit_find    the same, and which version of it that is
SELECT CONCAT_WS(',', cmp_modes, cmp_grace_days, cmp_overdue_amount, cmp_overdue_days,
         cmp_day_visits, cmp_visit_minutes), cmp_rules_version
  FROM mst_companies WHERE cmp_compcode = ?;

-- name: access_edit_store
UPDATE mst_companies
   SET cmp_modes = ?, cmp_grace_days = ?, cmp_overdue_amount = ?, cmp_overdue_days = ?,
       cmp_day_visits = ?, cmp_visit_minutes = ?, cmp_rules_version = cmp_rules_version + 1
 WHERE cmp_compcode = ? AND cmp_rules_version = ?;

-- name: attendance_add_staff    at no terminal
INSERT INTO trn_member_attendances
  (att_compcode, att_branch_id, att_member_id, att_device_user_id, att_device_sn,
   att_punch_time, att_status, att_reason, att_warning, att_time_source, att_is_late, att_received_at,
   att_note, att_user_id)
VALUES (?, ?, ?, '', '', ?, ?, ?, ?, 'STAFF', ?, ?, ?, ?);

-- name: attendance_find_minute
SELECT id, att_note, att_user_id FROM trn_member_attendances
 WHERE att_compcode = ? AND att_member_id = ? AND att_punch_minute = ?;

-- name: attendance_lock    while its newest correction is looked at
SELECT id FROM trn_member_attendances
 WHERE att_compcode = ? AND id = ? AND att_corrects_id IS NULL FOR UPDATE;

-- name: attendance_add_correction
INSERT INTO trn_member_attendances
  (att_compcode, att_branch_id, att_member_id, att_device_user_id, att_device_sn,
   att_punch_time, att_status, att_time_source, att_received_at, att_corrects_id, att_note, att_user_id)
SELECT att_compcode, att_branch_id, att_member_id, att_device_user_id, att_device_sn,
       att_punch_time, ?, 'STAFF', ?, id, ?, ?
  FROM trn_member_attendances WHERE att_compcode = ? AND id = ?;

-- ---- displays ------------------------------------------------------------

-- name: display_add
INSERT INTO mst_displays
  (dsp_compcode, dsp_branch_id, dsp_label, dsp_short_names, dsp_sound, dsp_code_hash, dsp_code_to_at,
   dsp_created_at, dsp_nonce)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: display_change    unless somebody else has meanwhile
UPDATE mst_displays
   SET dsp_branch_id = ?, dsp_label = ?, dsp_short_names = ?, dsp_sound = ?,
       dsp_version = dsp_version + 1
 WHERE dsp_compcode = ? AND id = ? AND dsp_version = ? AND dsp_revoked_at IS NULL;

-- name: display_set_code    in place of the one before
UPDATE mst_displays SET dsp_code_hash = ?, dsp_code_to_at = ?
 WHERE dsp_compcode = ? AND id = ? AND dsp_revoked_at IS NULL;

-- name: display_revoke
UPDATE mst_displays
   SET dsp_revoked_at = ?, dsp_token_hash = NULL, dsp_code_hash = NULL, dsp_code_to_at = NULL
 WHERE dsp_compcode = ? AND id = ? AND dsp_revoked_at IS NULL;

-- name: display_pair    whoever shows the code first; a second screen ends the first
UPDATE mst_displays
   SET dsp_token_hash = ?, dsp_paired_at = ?, dsp_seen_at = ?, dsp_code_hash = NULL, dsp_code_to_at = NULL
 WHERE dsp_code_hash = ? AND dsp_code_to_at > ? AND dsp_revoked_at IS NULL;

-- name: display_find    by what the screen keeps
SELECT d.id, d.dsp_compcode, c.cmp_name, COALESCE(d.dsp_branch_id, 0), b.brn_name, d.dsp_label,
       d.dsp_short_names, d.dsp_sound, d.dsp_version, d.dsp_created_at, d.dsp_paired_at,
       d.dsp_seen_at, d.dsp_revoked_at
  FROM mst_displays d
  JOIN mst_companies c ON c.cmp_compcode = d.dsp_compcode AND c.cmp_status = 'ACTIVE'
  LEFT JOIN mst_branches b ON b.brn_compcode = d.dsp_compcode AND b.id = d.dsp_branch_id
 WHERE d.dsp_token_hash = ? AND d.dsp_revoked_at IS NULL;

-- name: display_touch
UPDATE mst_displays SET dsp_seen_at = ? WHERE dsp_compcode = ? AND id = ?;

-- name: display_list    those in use, then the revoked, the newest first; or only one
SELECT d.id, d.dsp_compcode, c.cmp_name, COALESCE(d.dsp_branch_id, 0), b.brn_name, d.dsp_label,
       d.dsp_short_names, d.dsp_sound, d.dsp_version, d.dsp_created_at, d.dsp_paired_at,
       d.dsp_seen_at, d.dsp_revoked_at
  FROM mst_displays d
  JOIN mst_companies c ON c.cmp_compcode = d.dsp_compcode
  LEFT JOIN mst_branches b ON b.brn_compcode = d.dsp_compcode AND b.id = d.dsp_branch_id
 WHERE d.dsp_compcode = ? AND (? IS NULL OR d.id = ?)
 ORDER BY d.dsp_revoked_at IS NOT NULL, d.id DESC LIMIT 200;

-- name: feed_has_member    did one come on a day, in a branch or all?
SELECT a.id
  FROM trn_member_attendances a
 WHERE a.att_compcode = ? AND a.att_member_id = ? AND a.att_punch_minute BETWEEN ? AND ?
   AND (? IS NULL OR a.att_branch_id = ?)
 LIMIT 1;

-- ---- dashboard, live hub -------------------------------------------------

-- name: feed_day    attendances of a day, newest first
SELECT 0, a.id, a.att_punch_time, a.att_received_at, a.att_branch_id, m.mbr_name,
       COALESCE(d.dev_name, a.att_device_sn), d.dev_sn, a.att_device_user_id,
       a.att_status = 'DENIED', a.att_reason, a.att_warning, a.att_is_late,
       m.id, p.pho_member_id IS NOT NULL, m.mbr_state, m.mbr_until, m.mbr_state_to
  FROM trn_member_attendances a
  JOIN mst_members_lists m ON m.mbr_compcode = a.att_compcode AND m.id = a.att_member_id
  LEFT JOIN mst_devices d ON d.dev_compcode = a.att_compcode AND d.dev_open_sn = a.att_device_sn
  LEFT JOIN trn_member_photos p ON p.pho_compcode = m.mbr_compcode AND p.pho_member_id = m.id
 WHERE a.att_compcode = ? AND a.att_punch_date = ? AND a.att_corrects_id IS NULL
   AND (? IS NULL OR a.att_branch_id = ?)
 ORDER BY a.att_punch_time DESC, a.att_status DESC LIMIT 50;

-- name: feed_day_unmapped    ... and punches of nobody yet
SELECT 1, p.id, p.pin_punch_time, p.pin_received_at, p.pin_branch_id, NULL,
       COALESCE(d.dev_name, p.pin_device_sn), d.dev_sn, p.pin_device_user_id, 0, NULL, NULL, 0,
       NULL, 0, NULL, NULL, NULL
  FROM trn_punch_inbox p
  LEFT JOIN mst_devices d ON d.dev_compcode = p.pin_compcode AND d.dev_open_sn = p.pin_device_sn
 WHERE p.pin_compcode = ? AND p.pin_state = 'UNMAPPED'
   AND p.pin_punch_time BETWEEN ? AND ?
   AND (? IS NULL OR p.pin_branch_id = ?)
 ORDER BY p.pin_punch_time DESC, p.id DESC LIMIT 50;

-- name: feed_arrived    of a day, what has arrived since, oldest first; for the live hub
(SELECT 0, a.id, a.att_punch_time, a.att_received_at, a.att_branch_id, m.mbr_name,
        COALESCE(d.dev_name, a.att_device_sn), d.dev_sn, a.att_device_user_id,
        a.att_status = 'DENIED', a.att_reason, a.att_warning, a.att_is_late,
        m.id, p.pho_member_id IS NOT NULL, m.mbr_state, m.mbr_until, m.mbr_state_to
   FROM trn_member_attendances a
   JOIN mst_members_lists m ON m.mbr_compcode = a.att_compcode AND m.id = a.att_member_id
   LEFT JOIN mst_devices d ON d.dev_compcode = a.att_compcode AND d.dev_open_sn = a.att_device_sn
   LEFT JOIN trn_member_photos p ON p.pho_compcode = m.mbr_compcode AND p.pho_member_id = m.id
  WHERE a.att_compcode = ? AND a.att_punch_date = ? AND a.att_received_at >= ?
    AND a.att_corrects_id IS NULL
    AND (? IS NULL OR a.att_branch_id = ?)
  ORDER BY a.att_received_at DESC LIMIT 1000)
UNION ALL
(SELECT 1, p.id, p.pin_punch_time, p.pin_received_at, p.pin_branch_id, NULL,
        COALESCE(d.dev_name, p.pin_device_sn), d.dev_sn, p.pin_device_user_id, 0, NULL, NULL, 0,
        NULL, 0, NULL, NULL, NULL
   FROM trn_punch_inbox p
   LEFT JOIN mst_devices d ON d.dev_compcode = p.pin_compcode AND d.dev_open_sn = p.pin_device_sn
  WHERE p.pin_compcode = ? AND p.pin_state = 'UNMAPPED'
    AND p.pin_punch_time >= ? AND p.pin_punch_time < ? AND p.pin_received_at >= ?
    AND (? IS NULL OR p.pin_branch_id = ?)
  ORDER BY p.pin_received_at DESC LIMIT 1000)
ORDER BY 4, 1, 2 LIMIT 2000;

-- name: counts_day    in and refused, of a day up to a time, by branch
-- (As punches count now: the newest correction of one takes back how it counted and
-- puts its own status in the place, so one that is VOID is counted nowhere.  A
-- correction has the time of its punch, so the key of days holds all but the old
-- status, which only corrections look up.)
SELECT a.att_branch_id,
       SUM(CASE WHEN a.att_corrects_id IS NULL THEN a.att_status = 'ALLOWED'
            WHEN EXISTS (SELECT 1 FROM trn_member_attendances n FORCE INDEX (att_corrects)
                  WHERE n.att_compcode = a.att_compcode AND n.att_corrects_id = a.att_corrects_id
                    AND n.id > a.id) THEN 0
            ELSE CAST(a.att_status = 'ALLOWED' AS SIGNED) - (SELECT o.att_status = 'ALLOWED'
                   FROM trn_member_attendances o
                  WHERE o.att_compcode = a.att_compcode AND o.id = a.att_corrects_id) END),
       SUM(CASE WHEN a.att_corrects_id IS NULL THEN a.att_status = 'DENIED'
            WHEN EXISTS (SELECT 1 FROM trn_member_attendances n FORCE INDEX (att_corrects)
                  WHERE n.att_compcode = a.att_compcode AND n.att_corrects_id = a.att_corrects_id
                    AND n.id > a.id) THEN 0
            ELSE CAST(a.att_status = 'DENIED' AS SIGNED) - (SELECT o.att_status = 'DENIED'
                   FROM trn_member_attendances o
                  WHERE o.att_compcode = a.att_compcode AND o.id = a.att_corrects_id) END)
  FROM trn_member_attendances a FORCE INDEX (att_day)
 WHERE a.att_compcode = ? AND a.att_punch_date = ? AND a.att_punch_time <= ?
   AND (? IS NULL OR a.att_branch_id = ?)
 GROUP BY a.att_branch_id LIMIT 1000;

-- name: counts_unmapped    of a day, punches of nobody yet
SELECT COUNT(*) FROM trn_punch_inbox
 WHERE pin_compcode = ? AND pin_state = 'UNMAPPED' AND pin_punch_time BETWEEN ? AND ?
   AND (? IS NULL OR pin_branch_id = ?);

-- name: today_any    was there any punch on these days?
SELECT a.id FROM trn_member_attendances a FORCE INDEX (att_day)
 WHERE a.att_compcode = ? AND a.att_punch_date BETWEEN ? AND ?
   AND (? IS NULL OR a.att_branch_id = ?)
 LIMIT 1;

-- name: today_inside    different members allowed in between two moments, which lie on these two
-- days at most: by branch, and behind them (branch NULL) of all
-- (What counts is an ALLOWED row that no correction has replaced, or the newest one; a
-- correction has the time of its punch, so all of them lie between the moments, too.)
SELECT a.att_branch_id, COUNT(DISTINCT a.att_member_id)
  FROM trn_member_attendances a FORCE INDEX (att_day)
  LEFT JOIN (SELECT c.att_corrects_id AS punch_id, MAX(c.id) AS newest_id
               FROM trn_member_attendances c FORCE INDEX (att_day)
              WHERE c.att_compcode = ? AND (c.att_punch_date = ? OR c.att_punch_date = ?)
                AND c.att_punch_time BETWEEN ? AND ?
                AND c.att_corrects_id IS NOT NULL
              GROUP BY c.att_corrects_id) n ON n.punch_id = COALESCE(a.att_corrects_id, a.id)
 WHERE a.att_compcode = ? AND (a.att_punch_date = ? OR a.att_punch_date = ?)
   AND a.att_punch_time BETWEEN ? AND ? AND a.att_status = 'ALLOWED'
   AND (n.newest_id IS NULL OR n.newest_id = a.id) AND (? IS NULL OR a.att_branch_id = ?)
 GROUP BY a.att_branch_id WITH ROLLUP LIMIT 1001;

-- name: today_usual_find    as kept
SELECT usu_time, usu_days, usu_mean FROM trn_usual_counts
 WHERE usu_compcode = ? AND usu_branch_key = ?;

-- name: today_usual_keep
INSERT INTO trn_usual_counts (usu_compcode, usu_branch_key, usu_time, usu_days, usu_mean)
VALUES (?, ?, ?, ?, ?)
ON DUPLICATE KEY UPDATE usu_time = VALUES(usu_time), usu_days = VALUES(usu_days),
  usu_mean = VALUES(usu_mean);

-- name: membership_counts_find    as kept, with the revision and rule of now
SELECT c.cmp_revision, c.cmp_expiring_days, k.mct_revision, k.mct_date,
       k.mct_active, k.mct_expiring, k.mct_expired
  FROM mst_companies c
  LEFT JOIN trn_membership_counts k
    ON k.mct_compcode = c.cmp_compcode AND k.mct_branch_key = ?
 WHERE c.cmp_compcode = ?;

-- name: membership_counts_keep
INSERT INTO trn_membership_counts
  (mct_compcode, mct_branch_key, mct_date, mct_revision, mct_active, mct_expiring, mct_expired)
VALUES (?, ?, ?, ?, ?, ?, ?)
ON DUPLICATE KEY UPDATE mct_date = VALUES(mct_date), mct_revision = VALUES(mct_revision),
  mct_active = VALUES(mct_active), mct_expiring = VALUES(mct_expiring),
  mct_expired = VALUES(mct_expired);

-- name: member_coverage_all    what admit needs, of every member of a branch or all
SELECT (SELECT GROUP_CONCAT(CONCAT(ms_start_date, ms_end_date,
                 IF(ms_visits IS NULL, '', CONCAT(',', s.id, ',', ms_visits, ',,,', COALESCE(
                   (SELECT GROUP_CONCAT(uvs_date SEPARATOR '') FROM trn_used_visits
                     WHERE uvs_compcode = s.ms_compcode AND uvs_subscription_id = s.id), ''))))
                 SEPARATOR ';')
          FROM trn_member_subscriptions s
         WHERE ms_compcode = m.mbr_compcode AND ms_member_id = m.id AND ms_status = 'ACTIVE'
           AND (? IS NULL OR ms_branch_id IS NULL OR ms_branch_id = ?)),
       (SELECT GROUP_CONCAT(CONCAT(LEFT(frz_kind, 1), frz_from, COALESCE(frz_to, '9999-12-31')) SEPARATOR '')
          FROM trn_member_freezes FORCE INDEX (frz_member)
         WHERE frz_compcode = m.mbr_compcode AND frz_member_id = m.id)
  FROM mst_members_lists m
 WHERE m.mbr_compcode = ? AND m.mbr_erased_at IS NULL
   AND (? IS NULL OR m.mbr_branch_id = ?);

-- ---- the hourly summary, chores -------------------------------------------

-- name: hours_companies    each with its mark and what arrived last: one look at a key
SELECT c.cmp_compcode, m.smk_arrived_at,
       (SELECT a.att_received_at FROM trn_member_attendances a FORCE INDEX (att_arrival)
         WHERE a.att_compcode = c.cmp_compcode ORDER BY a.att_received_at DESC LIMIT 1)
  FROM mst_companies c
  LEFT JOIN trn_summary_marks m ON m.smk_compcode = c.cmp_compcode
 WHERE c.cmp_compcode > ?
 ORDER BY c.cmp_compcode LIMIT 1000;

-- name: hours_mark_add
INSERT INTO trn_summary_marks (smk_compcode) VALUES (?);

-- name: hours_mark_lock    whoever writes the summary of a company holds it
SELECT smk_arrived_at FROM trn_summary_marks WHERE smk_compcode = ? FOR UPDATE;

-- name: hours_mark_set
UPDATE trn_summary_marks SET smk_arrived_at = ? WHERE smk_compcode = ?;

-- name: hours_mark_find
SELECT smk_arrived_at FROM trn_summary_marks WHERE smk_compcode = ?;

-- name: hours_touched    days of punches that arrived since; of what was corrected since, and of
-- its corrections before
SELECT a.att_punch_date FROM trn_member_attendances a FORCE INDEX (att_arrival)
 WHERE a.att_compcode = ? AND a.att_received_at >= ?
UNION
SELECT o.att_punch_date FROM trn_member_attendances a FORCE INDEX (att_arrival)
  JOIN trn_member_attendances o FORCE INDEX (PRIMARY)
    ON o.att_compcode = a.att_compcode AND o.id = a.att_corrects_id
 WHERE a.att_compcode = ? AND a.att_received_at >= ?
UNION
SELECT n.att_punch_date FROM trn_member_attendances a FORCE INDEX (att_arrival)
  JOIN trn_member_attendances n FORCE INDEX (att_corrects)
    ON n.att_compcode = a.att_compcode AND n.att_corrects_id = a.att_corrects_id
 WHERE a.att_compcode = ? AND a.att_received_at >= ?
 ORDER BY 1 LIMIT 100000;

-- name: hours_next_day    the first with a punch, from a day on
SELECT MIN(att_punch_date) FROM trn_member_attendances
 WHERE att_compcode = ? AND att_punch_date >= ?;

-- name: hours_count    the summary of some days, from their rows: as punches count now, whose
-- newest correction says how, when and where; the first hour in which a member came is the visit's
SELECT h.branch, h.day, h.hour, SUM(h.allowed), SUM(h.denied), SUM(h.hour = h.first_hour)
  FROM (SELECT p.branch, p.day, p.hour, p.allowed, p.denied,
               COALESCE(MIN(CASE WHEN p.allowed > 0 THEN p.hour END)
                 OVER (PARTITION BY p.branch, p.day, p.member_id), 99) AS first_hour
          FROM (SELECT e.att_branch_id AS branch, e.att_punch_date AS day, HOUR(e.att_punch_time) AS hour,
                       e.att_member_id AS member_id, SUM(e.att_status = 'ALLOWED') AS allowed,
                       SUM(e.att_status = 'DENIED') AS denied
                  FROM trn_member_attendances e
                 WHERE e.att_compcode = ? AND e.att_punch_date BETWEEN ? AND ?
                   AND e.att_status <> 'VOID'
                   AND NOT EXISTS (SELECT 1 FROM trn_member_attendances n FORCE INDEX (att_corrects)
                         WHERE n.att_compcode = e.att_compcode
                           AND n.att_corrects_id = COALESCE(e.att_corrects_id, e.id) AND n.id > e.id)
                 GROUP BY e.att_branch_id, e.att_punch_date, HOUR(e.att_punch_time), e.att_member_id) p) h
 GROUP BY h.branch, h.day, h.hour LIMIT 1000000;

-- name: hours_clear
DELETE FROM trn_attendance_hours WHERE ahr_compcode = ? AND ahr_date BETWEEN ? AND ?;

-- name: hours_add
INSERT INTO trn_attendance_hours
  (ahr_compcode, ahr_branch_id, ahr_date, ahr_hour, ahr_allowed, ahr_denied, ahr_visits)
SELECT ?, j.branch, j.day, j.hour, j.allowed, j.denied, j.visits
  FROM JSON_TABLE(?, '$[*]' COLUMNS (
         branch BIGINT UNSIGNED PATH '$[0]',
         day DATE PATH '$[1]',
         hour INT PATH '$[2]',
         allowed INT PATH '$[3]',
         denied INT PATH '$[4]',
         visits INT PATH '$[5]')) j;

-- name: hours_read    visits of some days, by the hour
SELECT ahr_date, ahr_hour, SUM(ahr_visits)
  FROM trn_attendance_hours
 WHERE ahr_compcode = ? AND ahr_date BETWEEN ? AND ? AND (? IS NULL OR ahr_branch_id = ?)
 GROUP BY ahr_date, ahr_hour ORDER BY ahr_date, ahr_hour LIMIT 10000;

-- name: report_members    those who belong to a branch, or all
SELECT id, mbr_erased_at IS NOT NULL
  FROM mst_members_lists FORCE INDEX (PRIMARY)
 WHERE mbr_compcode = ? AND (? IS NULL OR mbr_branch_id = ?)
 ORDER BY id LIMIT 1000000;

-- name: report_subscriptions    all that hold, by member and start, from a key alone
-- (and of packs that are used up, when the last visit was)
SELECT ms_member_id, ms_plan_id, ms_start_date, ms_end_date,
       IF(ms_visits IS NULL, NULL,
         (SELECT IF(COUNT(*) < s.ms_visits, NULL, MAX(uvs_date)) FROM trn_used_visits
           WHERE uvs_compcode = s.ms_compcode AND uvs_subscription_id = s.id))
  FROM trn_member_subscriptions s FORCE INDEX (ms_member)
 WHERE ms_compcode = ? AND ms_status = 'ACTIVE'
   AND (? IS NULL OR ms_branch_id IS NULL OR ms_branch_id = ?)
 ORDER BY ms_member_id, ms_start_date, ms_end_date LIMIT 1000000;

-- name: report_freezes    of all members, each one's in order
SELECT frz_member_id, frz_kind = 'INACTIVE', frz_from, frz_to
  FROM trn_member_freezes FORCE INDEX (frz_member)
 WHERE frz_compcode = ?
 ORDER BY frz_member_id, frz_from LIMIT 1000000;

-- name: report_collection    by month, method, and whether it took another back
SELECT YEAR(pay_date), MONTH(pay_date), pay_method, pay_reverses_id IS NOT NULL, SUM(pay_amount)
  FROM trn_payments
 WHERE pay_compcode = ? AND pay_date BETWEEN ? AND ? AND (? IS NULL OR pay_branch_id = ?)
 GROUP BY YEAR(pay_date), MONTH(pay_date), pay_method, pay_reverses_id IS NOT NULL LIMIT 1000;

-- name: chore_ran    began at that time and ended well
INSERT INTO trn_chores (chr_name, chr_ran_at) VALUES (?, ?)
ON DUPLICATE KEY UPDATE chr_ran_at = VALUES(chr_ran_at);

-- name: chore_find
SELECT chr_ran_at FROM trn_chores WHERE chr_name = ?;

-- ---- audit, migrations ---------------------------------------------------

-- name: audit_add
INSERT INTO trn_audit_trails
  (aud_compcode, aud_at, aud_user_id, aud_action, aud_table, aud_row, aud_fields, aud_address)
VALUES (?, ?, ?, ?, ?, ?, ?, ?);

-- name: audit_list    newest first, before one of them
SELECT a.id, a.aud_at, u.usr_name, a.aud_action, a.aud_table, a.aud_row, a.aud_fields, a.aud_address
  FROM trn_audit_trails a FORCE INDEX (PRIMARY)
  LEFT JOIN mst_users u ON u.id = a.aud_user_id
 WHERE a.aud_compcode = ? AND a.id < ?
 ORDER BY a.id DESC LIMIT ?;

-- name: audit_list_user    of one person, maybe only of one kind of thing
SELECT a.id, a.aud_at, u.usr_name, a.aud_action, a.aud_table, a.aud_row, a.aud_fields, a.aud_address
  FROM trn_audit_trails a FORCE INDEX (aud_user)
  LEFT JOIN mst_users u ON u.id = a.aud_user_id
 WHERE a.aud_compcode = ? AND a.aud_user_id = ? AND a.id < ? AND (? IS NULL OR a.aud_table = ?)
 ORDER BY a.id DESC LIMIT ?;

-- name: audit_list_table    of one kind of thing
SELECT a.id, a.aud_at, u.usr_name, a.aud_action, a.aud_table, a.aud_row, a.aud_fields, a.aud_address
  FROM trn_audit_trails a FORCE INDEX (aud_table)
  LEFT JOIN mst_users u ON u.id = a.aud_user_id
 WHERE a.aud_compcode = ? AND a.aud_table = ? AND a.id < ?
 ORDER BY a.id DESC LIMIT ?;

-- ---- imports -------------------------------------------------------------
-- Rows travel in chunks, as JSON arrays of arrays; `n` is a row's place in its
-- chunk.

-- name: import_add
INSERT INTO trn_imports
  (imp_compcode, imp_kind, imp_file, imp_bytes, imp_size, imp_lines, imp_user_id, imp_nonce,
   imp_created_at, imp_drop_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: import_find_nonce    the one that this form has made
SELECT id FROM trn_imports WHERE imp_compcode = ? AND imp_nonce = ?;

-- name: import_find
SELECT i.id, i.imp_kind, i.imp_file, i.imp_size, i.imp_lines, i.imp_state, i.imp_attempt, i.imp_done,
       i.imp_beat_at, i.imp_new, i.imp_changed, i.imp_unchanged, u.usr_name, i.imp_created_at,
       i.imp_ended_at
  FROM trn_imports i
  LEFT JOIN mst_users u ON u.id = i.imp_user_id
 WHERE i.imp_compcode = ? AND i.id = ?;

-- name: import_list    the newest first
SELECT i.id, i.imp_kind, i.imp_file, i.imp_size, i.imp_lines, i.imp_state, i.imp_attempt, i.imp_done,
       i.imp_beat_at, i.imp_new, i.imp_changed, i.imp_unchanged, u.usr_name, i.imp_created_at,
       i.imp_ended_at
  FROM trn_imports i
  LEFT JOIN mst_users u ON u.id = i.imp_user_id
 WHERE i.imp_compcode = ? ORDER BY i.id DESC LIMIT 20;

-- name: import_bytes
SELECT imp_bytes FROM trn_imports WHERE imp_compcode = ? AND id = ? AND imp_bytes IS NOT NULL;

-- name: import_running    another one that has not fallen silent
SELECT id FROM trn_imports
 WHERE imp_compcode = ? AND imp_state = 'RUNNING' AND imp_beat_at > ? LIMIT 1;

-- name: import_claim    for one attempt
UPDATE trn_imports
   SET imp_state = 'RUNNING', imp_attempt = imp_attempt + 1, imp_done = 0, imp_beat_at = ?
 WHERE imp_compcode = ? AND id = ? AND imp_bytes IS NOT NULL
   AND imp_state IN ('CHECKED', 'FAILED', 'TROUBLE', 'RUNNING');

-- name: import_beat
UPDATE trn_imports SET imp_done = ?, imp_beat_at = ?
 WHERE imp_compcode = ? AND id = ? AND imp_state = 'RUNNING' AND imp_attempt = ?;

-- name: import_done    in the transaction of all that it has brought
UPDATE trn_imports
   SET imp_state = 'DONE', imp_done = imp_lines, imp_new = ?, imp_changed = ?, imp_unchanged = ?,
       imp_ended_at = ?, imp_bytes = NULL, imp_drop_at = NULL
 WHERE imp_compcode = ? AND id = ? AND imp_state = 'RUNNING' AND imp_attempt = ?;

-- name: import_fail
UPDATE trn_imports SET imp_state = ?, imp_ended_at = ?
 WHERE imp_compcode = ? AND id = ? AND imp_state = 'RUNNING' AND imp_attempt = ?;

-- name: import_lock    the members with these codes, until the transaction ends: [n, code];
-- shared, as a punch locks its member, or punches would wait for all of it
SELECT m.id
  FROM JSON_TABLE(?, '$[*]' COLUMNS (code VARCHAR(24) PATH '$[1]')) j
  JOIN mst_members_lists m FORCE INDEX (mbr_code)
    ON m.mbr_compcode = ? AND m.mbr_code = CONVERT(j.code USING ascii)
 LIMIT 10000 LOCK IN SHARE MODE;

-- name: import_members    with these codes: [n, code]
SELECT j.n, m.id, m.mbr_code, m.mbr_branch_id, m.mbr_name, m.mbr_phone, m.mbr_email,
       m.mbr_joined_date, m.mbr_birth_date, m.mbr_notes, m.mbr_version, m.mbr_erased_at
  FROM JSON_TABLE(?, '$[*]' COLUMNS (
         n INT PATH '$[0]',
         code VARCHAR(24) PATH '$[1]')) j
  JOIN mst_members_lists m FORCE INDEX (mbr_code)
    ON m.mbr_compcode = ? AND m.mbr_code = CONVERT(j.code USING ascii)
 LIMIT 10000;

-- name: import_members_add
INSERT INTO mst_members_lists
  (mbr_compcode, mbr_branch_id, mbr_code, mbr_name, mbr_phone, mbr_email, mbr_joined_date,
   mbr_birth_date, mbr_notes, mbr_created_at)
SELECT ?, j.branch, j.code, j.name, j.phone, j.email, j.joined, j.birth, j.notes, ?
  FROM JSON_TABLE(?, '$[*]' COLUMNS (
         branch BIGINT UNSIGNED PATH '$[0]',
         code VARCHAR(24) PATH '$[1]',
         name VARCHAR(120) PATH '$[2]',
         phone VARCHAR(16) PATH '$[3]',
         email VARCHAR(254) PATH '$[4]',
         joined DATE PATH '$[5]',
         birth DATE PATH '$[6]',
         notes VARCHAR(2000) PATH '$[7]')) j;

-- name: import_members_change    each at the version that was looked at
UPDATE mst_members_lists m
  JOIN JSON_TABLE(?, '$[*]' COLUMNS (
         branch BIGINT UNSIGNED PATH '$[0]',
         code VARCHAR(24) PATH '$[1]',
         name VARCHAR(120) PATH '$[2]',
         phone VARCHAR(16) PATH '$[3]',
         email VARCHAR(254) PATH '$[4]',
         joined DATE PATH '$[5]',
         birth DATE PATH '$[6]',
         notes VARCHAR(2000) PATH '$[7]',
         id BIGINT UNSIGNED PATH '$[8]',
         version INT UNSIGNED PATH '$[9]')) j
   SET m.mbr_branch_id = j.branch, m.mbr_name = j.name, m.mbr_phone = j.phone, m.mbr_email = j.email,
       m.mbr_joined_date = j.joined, m.mbr_birth_date = j.birth, m.mbr_notes = j.notes,
       m.mbr_seen_date = '1000-01-01', m.mbr_version = m.mbr_version + 1
 WHERE m.mbr_compcode = ? AND m.id = j.id AND m.mbr_version = j.version;

-- name: import_members_audit    of those added: [branch, code, ...]
INSERT INTO trn_audit_trails
  (aud_compcode, aud_at, aud_user_id, aud_action, aud_table, aud_row, aud_address)
SELECT m.mbr_compcode, ?, ?, 'add', 'mst_members_lists', m.id, ?
  FROM JSON_TABLE(?, '$[*]' COLUMNS (code VARCHAR(24) PATH '$[1]')) j
  JOIN mst_members_lists m FORCE INDEX (mbr_code)
    ON m.mbr_compcode = ? AND m.mbr_code = CONVERT(j.code USING ascii);

-- name: audit_add_list    of one kind of change: [id, fields]
INSERT INTO trn_audit_trails
  (aud_compcode, aud_at, aud_user_id, aud_action, aud_table, aud_row, aud_fields, aud_address)
SELECT ?, ?, ?, ?, ?, j.id, j.fields, ?
  FROM JSON_TABLE(?, '$[*]' COLUMNS (
         id VARCHAR(32) PATH '$[0]',
         fields VARCHAR(400) PATH '$[1]')) j;

-- name: import_subscriptions    that hold on some of these days: [n, member, branch or 0, plan,
-- start, end]; whether one of them is the very same, and the days of those (a
-- pack that is used up holds nowhere)
SELECT j.n, MAX(s.ms_plan_id <=> j.plan AND s.ms_start_date = j.start_day
         AND s.ms_end_date = j.end_day), MIN(s.ms_start_date), MAX(s.ms_end_date)
  FROM JSON_TABLE(?, '$[*]' COLUMNS (
         n INT PATH '$[0]',
         member BIGINT UNSIGNED PATH '$[1]',
         branch BIGINT UNSIGNED PATH '$[2]',
         plan BIGINT UNSIGNED PATH '$[3]',
         start_day DATE PATH '$[4]',
         end_day DATE PATH '$[5]')) j
  JOIN trn_member_subscriptions s FORCE INDEX (ms_member)
    ON s.ms_compcode = ? AND s.ms_member_id = j.member AND s.ms_status = 'ACTIVE'
   AND s.ms_start_date <= j.end_day AND s.ms_end_date >= j.start_day
   AND (s.ms_branch_id IS NULL OR j.branch = 0 OR s.ms_branch_id = j.branch)
   AND (s.ms_visits IS NULL OR s.ms_visits > (SELECT COUNT(*) FROM trn_used_visits
          WHERE uvs_compcode = s.ms_compcode AND uvs_subscription_id = s.id)
        OR (s.ms_plan_id <=> j.plan AND s.ms_start_date = j.start_day AND s.ms_end_date = j.end_day))
 GROUP BY j.n LIMIT 10000;

-- name: import_subscriptions_add
INSERT INTO trn_member_subscriptions
  (ms_compcode, ms_member_id, ms_plan_id, ms_branch_id, ms_start_date, ms_end_date, ms_amount,
   ms_visits, ms_hours, ms_user_id, ms_created_at)
SELECT ?, j.member, j.plan, NULLIF(j.branch, 0), j.start_day, j.end_day, j.due,
       NULLIF(j.visits, 0), j.hours, ?, ?
  FROM JSON_TABLE(?, '$[*]' COLUMNS (
         member BIGINT UNSIGNED PATH '$[1]',
         branch BIGINT UNSIGNED PATH '$[2]',
         plan BIGINT UNSIGNED PATH '$[3]',
         start_day DATE PATH '$[4]',
         end_day DATE PATH '$[5]',
         due BIGINT PATH '$[6]',
         visits INT PATH '$[7]',
         hours VARCHAR(40) PATH '$[8]')) j;

-- name: import_subscriptions_audit    of those added
INSERT INTO trn_audit_trails
  (aud_compcode, aud_at, aud_user_id, aud_action, aud_table, aud_row, aud_address)
SELECT s.ms_compcode, ?, ?, 'add', 'trn_member_subscriptions', s.id, ?
  FROM JSON_TABLE(?, '$[*]' COLUMNS (
         member BIGINT UNSIGNED PATH '$[1]',
         plan BIGINT UNSIGNED PATH '$[3]',
         start_day DATE PATH '$[4]',
         end_day DATE PATH '$[5]')) j
  JOIN trn_member_subscriptions s FORCE INDEX (ms_member)
    ON s.ms_compcode = ? AND s.ms_member_id = j.member AND s.ms_status = 'ACTIVE'
   AND s.ms_start_date = j.start_day AND s.ms_end_date = j.end_day AND s.ms_plan_id = j.plan;

-- name: import_subscriptions_forget    what was judged of these members
UPDATE mst_members_lists m
  JOIN JSON_TABLE(?, '$[*]' COLUMNS (member BIGINT UNSIGNED PATH '$[1]')) j
   SET m.mbr_state_to = '1000-01-01'
 WHERE m.mbr_compcode = ? AND m.id = j.member;

-- name: import_mappings    all that these numbers ever were, the newest of each last:
-- [n, terminal, number]
SELECT j.n, m.mbm_member_id, m.mbm_from, m.mbm_to, l.mbr_name, l.mbr_code
  FROM JSON_TABLE(?, '$[*]' COLUMNS (
         n INT PATH '$[0]',
         sn VARCHAR(32) PATH '$[1]',
         number VARCHAR(24) PATH '$[2]')) j
  JOIN trn_member_biometric_mappings m FORCE INDEX (mbm_user)
    ON m.mbm_compcode = ? AND m.mbm_device_sn = CONVERT(j.sn USING ascii)
   AND m.mbm_device_user_id = CONVERT(j.number USING ascii)
  JOIN mst_members_lists l FORCE INDEX (PRIMARY)
    ON l.mbr_compcode = m.mbm_compcode AND l.id = m.mbm_member_id
 ORDER BY j.n, m.mbm_from, m.id LIMIT 100000;

-- name: import_mappings_add
INSERT INTO trn_member_biometric_mappings
  (mbm_compcode, mbm_device_sn, mbm_device_user_id, mbm_member_id, mbm_from, mbm_created_at)
SELECT ?, j.sn, j.number, j.member, j.from_local, ?
  FROM JSON_TABLE(?, '$[*]' COLUMNS (
         sn VARCHAR(32) PATH '$[1]',
         number VARCHAR(24) PATH '$[2]',
         member BIGINT UNSIGNED PATH '$[3]',
         from_local DATETIME PATH '$[4]')) j;

-- name: import_mappings_audit    of those added
INSERT INTO trn_audit_trails
  (aud_compcode, aud_at, aud_user_id, aud_action, aud_table, aud_row, aud_fields, aud_address)
SELECT m.mbm_compcode, ?, ?, 'add', 'trn_member_biometric_mappings', m.id,
       'mbm_device_sn,mbm_device_user_id,mbm_member_id,mbm_from', ?
  FROM JSON_TABLE(?, '$[*]' COLUMNS (
         sn VARCHAR(32) PATH '$[1]',
         number VARCHAR(24) PATH '$[2]')) j
  JOIN trn_member_biometric_mappings m FORCE INDEX (mbm_open)
    ON m.mbm_compcode = ? AND m.mbm_device_sn = CONVERT(j.sn USING ascii)
   AND m.mbm_open_user_id = CONVERT(j.number USING ascii);

-- ---- messages to members -------------------------------------------------

-- name: messaging_find
SELECT mgs_sender, TIME_TO_SEC(mgs_from) DIV 60, TIME_TO_SEC(mgs_to) DIV 60, mgs_cap, mgs_version, mgs_phone_id,
       mgs_paused_at, mgs_pause_code, mgs_pause_words, mgs_slow_to_at, mgs_slow_tries, mgs_unknown_count,
       mgs_heard_at
  FROM mst_messaging WHERE mgs_compcode = ?;

-- name: messaging_lock    while somebody decides whether to send
SELECT mgs_sender, TIME_TO_SEC(mgs_from) DIV 60, TIME_TO_SEC(mgs_to) DIV 60, mgs_cap, mgs_version, mgs_phone_id,
       mgs_paused_at, mgs_pause_code, mgs_pause_words, mgs_slow_to_at, mgs_slow_tries, mgs_unknown_count,
       mgs_heard_at
  FROM mst_messaging WHERE mgs_compcode = ? FOR UPDATE;

-- name: messaging_add
INSERT INTO mst_messaging (mgs_compcode, mgs_created_at) VALUES (?, ?);

-- name: messaging_pause    the first reason stays
UPDATE mst_messaging
   SET mgs_paused_at = ?, mgs_pause_code = ?, mgs_pause_words = LEFT(?, 320), mgs_warn_at = ?,
       mgs_warned_user_id = 0
 WHERE mgs_compcode = ? AND mgs_paused_at IS NULL AND mgs_sender <> 'HAND';

-- name: messaging_warn
UPDATE mst_messaging SET mgs_warn_at = ?, mgs_warned_user_id = 0 WHERE mgs_compcode = ?;

-- name: messaging_slow
UPDATE mst_messaging SET mgs_slow_to_at = ?, mgs_slow_tries = ? WHERE mgs_compcode = ?;

-- name: messaging_set_phone_id    without one, people send by hand
UPDATE mst_messaging
   SET mgs_sender = CASE WHEN ? IS NULL THEN 'HAND' ELSE mgs_sender END, mgs_phone_id = ?,
       mgs_paused_at = CASE WHEN mgs_sender = 'HAND' THEN NULL ELSE mgs_paused_at END,
       mgs_version = mgs_version + 1
 WHERE mgs_compcode = ?;

-- name: messaging_numbers
SELECT mgs_compcode, mgs_phone_id, mgs_sender, mgs_paused_at IS NOT NULL
  FROM mst_messaging FORCE INDEX (mgs_phone_id) WHERE mgs_phone_id IS NOT NULL
 ORDER BY mgs_phone_id LIMIT 10000;

-- name: messaging_edit    by hand nothing is paused
UPDATE mst_messaging
   SET mgs_sender = ?, mgs_from = SEC_TO_TIME(? * 60), mgs_to = SEC_TO_TIME(? * 60), mgs_cap = ?,
       mgs_paused_at = CASE WHEN mgs_sender = 'HAND' THEN NULL ELSE mgs_paused_at END,
       mgs_version = mgs_version + 1
 WHERE mgs_compcode = ? AND mgs_version = ?;

-- name: messaging_resume
UPDATE mst_messaging
   SET mgs_paused_at = NULL, mgs_pause_code = NULL, mgs_pause_words = NULL, mgs_slow_to_at = NULL,
       mgs_slow_tries = 0
 WHERE mgs_compcode = ?;

-- name: message_warning_lock    of this database, until the connection ends; another run has it: 0
SELECT GET_LOCK(LEFT(CONCAT('warnings.', DATABASE()), 64), 0);

-- name: message_warning_is_locked    by this connection, and not by one that was lost
SELECT IS_USED_LOCK(LEFT(CONCAT('warnings.', DATABASE()), 64)) <=> CONNECTION_ID();

-- name: message_warning_unlock
SELECT RELEASE_LOCK(LEFT(CONCAT('warnings.', DATABASE()), 64));

-- name: message_warning_due    whose owners are to be told of a pause
SELECT g.mgs_compcode, g.mgs_warn_at, g.mgs_warned_user_id
  FROM mst_messaging g FORCE INDEX (mgs_warn)
  JOIN mst_companies c ON c.cmp_compcode = g.mgs_compcode AND c.cmp_status = 'ACTIVE'
 WHERE g.mgs_warn_at IS NOT NULL
 ORDER BY g.mgs_warn_at, g.mgs_compcode LIMIT 100;

-- name: message_warning_next    who owns all branches and wants to be told
SELECT r.url_user_id, u.usr_email FROM trn_user_roles r
  JOIN mst_users u ON u.id = r.url_user_id AND u.usr_status = 'ACTIVE'
 WHERE r.url_compcode = ? AND r.url_role = 'OWNER' AND r.url_alerts AND r.url_branch_id IS NULL
   AND r.url_user_id > ?
 ORDER BY r.url_user_id LIMIT 1;

-- name: message_warning_told
UPDATE mst_messaging SET mgs_warned_user_id = ? WHERE mgs_compcode = ? AND mgs_warn_at = ?;

-- name: message_warning_end
UPDATE mst_messaging SET mgs_warn_at = NULL WHERE mgs_compcode = ? AND mgs_warn_at = ?;

-- name: message_rule_list
SELECT id, mrl_kind, mrl_days, mrl_is_on, mrl_on_at, mrl_template, mrl_language, mrl_text, mrl_is_named, mrl_version,
       mrl_paused_at, mrl_pause_code, mrl_pause_words
  FROM mst_message_rules
 WHERE mrl_compcode = ?
 ORDER BY mrl_kind = 'ABSENT', CASE WHEN mrl_kind = 'BEFORE' THEN -CAST(mrl_days AS SIGNED) ELSE mrl_days END
 LIMIT 40;

-- name: message_rule_add
INSERT INTO mst_message_rules
  (mrl_compcode, mrl_kind, mrl_days, mrl_is_on, mrl_template, mrl_language, mrl_text, mrl_is_named, mrl_on_at,
   mrl_created_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: message_rule_edit    and its template is tried again
UPDATE mst_message_rules
   SET mrl_is_on = ?, mrl_on_at = ?, mrl_template = ?, mrl_language = ?, mrl_text = ?, mrl_is_named = ?,
       mrl_version = mrl_version + 1, mrl_paused_at = NULL, mrl_pause_code = NULL, mrl_pause_words = NULL
 WHERE mrl_compcode = ? AND id = ? AND mrl_version = ?;

-- name: message_test_count    since when
SELECT COUNT(*) FROM trn_messages FORCE INDEX (msg_created)
 WHERE msg_compcode = ? AND msg_created_at > ? AND msg_serial > 0;

-- name: message_test_serial
SELECT msg_serial + 1 FROM trn_messages FORCE INDEX (msg_once)
 WHERE msg_compcode = ? AND msg_member_id = ? AND msg_kind = ? AND msg_days = ? AND msg_anchor_date = ?
 ORDER BY msg_serial DESC LIMIT 1;

-- name: message_test_add
INSERT INTO trn_messages
  (msg_compcode, msg_branch_id, msg_member_id, msg_kind, msg_days, msg_anchor_date, msg_serial, msg_to,
   msg_state, msg_due_at, msg_user_id, msg_nonce, msg_created_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'DUE', ?, ?, ?, ?);

-- name: message_test_nonce
SELECT id FROM trn_messages WHERE msg_compcode = ? AND msg_nonce = ?;

-- name: message_rule_pause    the template, that is: all rules that use it
UPDATE mst_message_rules SET mrl_paused_at = ?, mrl_pause_code = ?, mrl_pause_words = LEFT(?, 320)
 WHERE mrl_compcode = ? AND mrl_template = ? AND mrl_language = ? AND mrl_paused_at IS NULL;

-- name: message_find
SELECT id, msg_branch_id, msg_member_id, msg_kind, msg_days, msg_anchor_date, msg_serial, msg_to, msg_state,
       msg_reason, msg_tries, msg_due_at, msg_code, msg_error, msg_text, msg_is_by_hand, msg_user_id,
       msg_created_at, msg_sent_at, msg_accepted_at, msg_delivered_at, msg_read_at, msg_failed_at, msg_template,
       msg_language
  FROM trn_messages
 WHERE msg_compcode = ? AND id = ? AND (? IS NULL OR msg_branch_id = ?);

-- name: message_lock    while something of it is looked at and then changed
SELECT id, msg_branch_id, msg_member_id, msg_kind, msg_days, msg_anchor_date, msg_serial, msg_to, msg_state,
       msg_reason, msg_tries, msg_due_at, msg_code, msg_error, msg_text, msg_is_by_hand, msg_user_id,
       msg_created_at, msg_sent_at, msg_accepted_at, msg_delivered_at, msg_read_at, msg_failed_at, msg_template,
       msg_language
  FROM trn_messages
 WHERE msg_compcode = ? AND id = ? FOR UPDATE;

-- name: message_move_list    the same of many
UPDATE trn_messages g
  JOIN JSON_TABLE(?, '$[*]' COLUMNS (
         branch BIGINT UNSIGNED PATH '$[0]',
         id BIGINT UNSIGNED PATH '$[8]')) j
   SET g.msg_branch_id = j.branch
 WHERE g.msg_compcode = ? AND g.msg_member_id = j.id;

-- name: message_move    it stands at the branch of its member
UPDATE trn_messages SET msg_branch_id = ? WHERE msg_compcode = ? AND msg_member_id = ?;

-- name: message_forget    its words, and what still waits
UPDATE trn_messages
   SET msg_text = NULL, msg_error = NULL,
       msg_reason = CASE WHEN msg_state = 'DUE' THEN ? ELSE msg_reason END,
       msg_due_at = CASE WHEN msg_state = 'DUE' THEN NULL ELSE msg_due_at END,
       msg_state = CASE WHEN msg_state = 'DUE' THEN 'SKIPPED' ELSE msg_state END
 WHERE msg_compcode = ? AND msg_member_id = ?;

-- name: message_facts    what is known of a member whom a message is to reach
SELECT m.mbr_code, m.mbr_name, m.mbr_branch_id, c.cmp_name, b.brn_name, b.brn_zone,
       (SELECT p.plan_name FROM trn_member_subscriptions s
          JOIN mst_membership_plans p ON p.plan_compcode = s.ms_compcode AND p.id = s.ms_plan_id
         WHERE s.ms_compcode = m.mbr_compcode AND s.ms_member_id = m.id AND s.ms_status = 'ACTIVE'
         ORDER BY s.ms_end_date DESC, s.id DESC LIMIT 1),
       m.mbr_phone, m.mbr_unreached_phone = m.mbr_phone,
       (SELECT cns_is_given FROM trn_member_consents FORCE INDEX (cns_member)
         WHERE cns_compcode = m.mbr_compcode AND cns_member_id = m.id AND cns_kind = 'MESSAGES'
         ORDER BY id DESC LIMIT 1),
       m.mbr_erased_at IS NOT NULL, m.mbr_birth_date, m.mbr_joined_date,
       (SELECT a.att_punch_minute FROM trn_member_attendances a FORCE INDEX (att_minute)
         WHERE a.att_compcode = m.mbr_compcode AND a.att_member_id = m.id
         ORDER BY a.att_punch_minute DESC LIMIT 1),
       (SELECT GROUP_CONCAT(CONCAT(ms_start_date, ms_end_date,
                 IF(ms_visits IS NULL, '', CONCAT(',', s.id, ',', ms_visits, ',,,', COALESCE(
                   (SELECT GROUP_CONCAT(uvs_date SEPARATOR '') FROM trn_used_visits
                     WHERE uvs_compcode = s.ms_compcode AND uvs_subscription_id = s.id), ''))))
                 SEPARATOR ';')
          FROM trn_member_subscriptions s
         WHERE ms_compcode = m.mbr_compcode AND ms_member_id = m.id AND ms_status = 'ACTIVE'),
       (SELECT GROUP_CONCAT(CONCAT(LEFT(frz_kind, 1), frz_from, COALESCE(frz_to, '9999-12-31')) SEPARATOR '')
          FROM trn_member_freezes FORCE INDEX (frz_member)
         WHERE frz_compcode = m.mbr_compcode AND frz_member_id = m.id)
  FROM mst_members_lists m
  JOIN mst_companies c ON c.cmp_compcode = m.mbr_compcode
  JOIN mst_branches b ON b.brn_compcode = m.mbr_compcode AND b.id = m.mbr_branch_id
 WHERE m.mbr_compcode = ? AND m.id = ? AND (? IS NULL OR m.mbr_branch_id = ?);

-- name: message_hidden    since when visits may not be known: terminals that are silent, whose punches wait, or that
-- were silent for a day when they were given up; older bridges do not tell when theirs answered
SELECT MAX(CASE WHEN dev_to_at IS NULL AND dev_waiting > 0 THEN dev_seen_at
                ELSE COALESCE(dev_reached_at, dev_seen_at) END)
  FROM mst_devices
 WHERE dev_compcode = ?
   AND ((dev_to_at IS NULL AND (dev_waiting > 0 OR COALESCE(dev_reached_at, dev_seen_at) < ?))
    OR COALESCE(dev_reached_at, dev_seen_at) < dev_to_at - INTERVAL 1 DAY);

-- name: message_report_find
SELECT id FROM trn_messages WHERE msg_compcode = ? AND msg_wamid = ?;

-- name: message_report_move    what the service has told
UPDATE trn_messages
   SET msg_state = ?, msg_due_at = NULL, msg_wamid = COALESCE(msg_wamid, ?), msg_code = NULL, msg_error = NULL,
       msg_failed_at = NULL
 WHERE msg_compcode = ? AND id = ?;

-- name: message_report_wamid    of what was found by its ref
UPDATE trn_messages SET msg_wamid = ? WHERE msg_compcode = ? AND id = ? AND msg_wamid IS NULL;

-- name: message_report_moment    each once
UPDATE trn_messages
   SET msg_accepted_at = COALESCE(msg_accepted_at, ?), msg_delivered_at = COALESCE(msg_delivered_at, ?),
       msg_read_at = COALESCE(msg_read_at, ?)
 WHERE msg_compcode = ? AND id = ?;

-- name: message_report_reached    a number can be reached again
UPDATE mst_members_lists SET mbr_unreached_phone = NULL
 WHERE mbr_compcode = ? AND id = ? AND mbr_unreached_phone = ?;

-- name: whatsapp_event_add
INSERT INTO trn_whatsapp_events (wev_body, wev_received_at, wev_due_at) VALUES (?, ?, ?);

-- name: whatsapp_event_due
SELECT id, wev_due_at, wev_tries FROM trn_whatsapp_events
 WHERE wev_due_at <= ? ORDER BY wev_due_at, id LIMIT 100;

-- name: whatsapp_event_claim
UPDATE trn_whatsapp_events SET wev_tries = wev_tries + 1, wev_due_at = ?
 WHERE id = ? AND wev_due_at = ?;

-- name: whatsapp_event_lock    unless somebody is at it
SELECT wev_body FROM trn_whatsapp_events WHERE id = ? FOR UPDATE SKIP LOCKED;

-- name: whatsapp_event_drop
DELETE FROM trn_whatsapp_events WHERE id = ?;

-- name: whatsapp_event_company    whose number of ours it is; one that is closed must hear a STOP, too
SELECT mgs_compcode FROM mst_messaging WHERE mgs_phone_id = ?;

-- name: whatsapp_event_heard
UPDATE mst_messaging SET mgs_heard_at = ?, mgs_unknown_count = mgs_unknown_count + ?
 WHERE mgs_compcode = ?;

-- name: whatsapp_event_members    whose number it is: families share one
SELECT id FROM mst_members_lists FORCE INDEX (mbr_phone)
 WHERE mbr_compcode = ? AND mbr_phone = ? AND id > ? AND mbr_erased_at IS NULL
 ORDER BY id LIMIT 100;

-- name: message_again    a try was refused: another when it is due
UPDATE trn_messages
   SET msg_state = 'DUE', msg_due_at = ?, msg_code = ?, msg_error = LEFT(?, 320), msg_accepted_at = NULL
 WHERE msg_compcode = ? AND id = ?;

-- name: message_fail
UPDATE trn_messages
   SET msg_state = 'FAILED', msg_due_at = NULL, msg_code = ?, msg_error = LEFT(?, 320), msg_failed_at = ?
 WHERE msg_compcode = ? AND id = ?;

-- name: message_unreached    the number that the service cannot reach
UPDATE mst_members_lists SET mbr_unreached_phone = COALESCE(?, mbr_phone)
 WHERE mbr_compcode = ? AND id = ? AND mbr_erased_at IS NULL;

-- name: message_plan_ending    whose coverage ends on a day, and who have no message of a rule yet, or
-- one that was skipped for what may be over
SELECT m.id, g.id IS NOT NULL
  FROM mst_members_lists m FORCE INDEX (mbr_until)
  JOIN mst_branches b ON b.brn_compcode = m.mbr_compcode AND b.id = m.mbr_branch_id AND b.brn_zone = ?
  LEFT JOIN trn_messages g FORCE INDEX (msg_once)
    ON g.msg_compcode = m.mbr_compcode AND g.msg_member_id = m.id AND g.msg_kind = ? AND g.msg_days = ?
   AND g.msg_anchor_date = m.mbr_until AND g.msg_serial = 0
 WHERE m.mbr_compcode = ? AND m.mbr_until = ? AND m.id > ? AND m.mbr_erased_at IS NULL
   AND (g.id IS NULL OR (g.msg_state = 'SKIPPED' AND CASE g.msg_reason
         WHEN 'CONSENT' THEN (SELECT cns_is_given FROM trn_member_consents FORCE INDEX (cns_member)
           WHERE cns_compcode = m.mbr_compcode AND cns_member_id = m.id AND cns_kind = 'MESSAGES'
           ORDER BY id DESC LIMIT 1) = 1
         WHEN 'PHONE' THEN m.mbr_phone IS NOT NULL
         WHEN 'UNREACHED' THEN NOT m.mbr_unreached_phone <=> m.mbr_phone
         WHEN 'AGE' THEN m.mbr_birth_date IS NOT NULL
         WHEN 'STAFF' THEN FALSE
         WHEN 'ERASED' THEN FALSE
         ELSE g.msg_tries = 0 END))
 ORDER BY m.id LIMIT 100;

-- name: message_plan_absent    the same of those who were there for the last time
SELECT m.id, g.id IS NOT NULL
  FROM mst_members_lists m FORCE INDEX (mbr_seen)
  JOIN mst_branches b ON b.brn_compcode = m.mbr_compcode AND b.id = m.mbr_branch_id AND b.brn_zone = ?
  LEFT JOIN trn_messages g FORCE INDEX (msg_once)
    ON g.msg_compcode = m.mbr_compcode AND g.msg_member_id = m.id AND g.msg_kind = ? AND g.msg_days = ?
   AND g.msg_anchor_date = m.mbr_seen_date AND g.msg_serial = 0
 WHERE m.mbr_compcode = ? AND m.mbr_state = 'ACTIVE' AND m.mbr_seen_date = ? AND m.id > ? AND m.mbr_erased_at IS NULL
   AND (g.id IS NULL OR (g.msg_state = 'SKIPPED' AND CASE g.msg_reason
         WHEN 'CONSENT' THEN (SELECT cns_is_given FROM trn_member_consents FORCE INDEX (cns_member)
           WHERE cns_compcode = m.mbr_compcode AND cns_member_id = m.id AND cns_kind = 'MESSAGES'
           ORDER BY id DESC LIMIT 1) = 1
         WHEN 'PHONE' THEN m.mbr_phone IS NOT NULL
         WHEN 'UNREACHED' THEN NOT m.mbr_unreached_phone <=> m.mbr_phone
         WHEN 'AGE' THEN m.mbr_birth_date IS NOT NULL
         WHEN 'UNSURE' THEN TRUE
         WHEN 'STAFF' THEN FALSE
         WHEN 'ERASED' THEN FALSE
         ELSE g.msg_tries = 0 END))
 ORDER BY m.id LIMIT 100;

-- name: message_add
INSERT INTO trn_messages
  (msg_compcode, msg_branch_id, msg_member_id, msg_kind, msg_days, msg_anchor_date, msg_state, msg_reason,
   msg_due_at, msg_created_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: message_cure    what was skipped for a reason that may be over
UPDATE trn_messages
   SET msg_state = ?, msg_reason = ?, msg_due_at = ?, msg_branch_id = ?
 WHERE msg_compcode = ? AND msg_member_id = ? AND msg_kind = ? AND msg_days = ? AND msg_anchor_date = ?
   AND msg_serial = 0 AND msg_state = 'SKIPPED' AND msg_reason NOT IN ('STAFF', 'ERASED');

-- name: message_wait_list    what is due or will be, page by page
SELECT id, msg_member_id, msg_kind, msg_days, msg_anchor_date, msg_serial, msg_created_at
  FROM trn_messages FORCE INDEX (msg_due)
 WHERE msg_compcode = ? AND msg_state = 'DUE' AND id > ?
 ORDER BY id LIMIT 200;

-- name: message_wait_due    what is due by now, the longest first
SELECT id, msg_due_at FROM trn_messages FORCE INDEX (msg_due)
 WHERE msg_compcode = ? AND msg_state = 'DUE' AND msg_due_at <= ? AND msg_due_at >= ?
   AND (msg_due_at > ? OR id > ?)
 ORDER BY msg_due_at, id LIMIT 100;

-- name: message_wait_count
SELECT COUNT(*) FROM trn_messages FORCE INDEX (msg_due) WHERE msg_compcode = ? AND msg_state = 'DUE';

-- name: message_wait_skip
UPDATE trn_messages SET msg_state = 'SKIPPED', msg_reason = ?, msg_due_at = NULL
 WHERE msg_compcode = ? AND id = ? AND msg_state = 'DUE';

-- name: message_wait_move
UPDATE trn_messages SET msg_due_at = ? WHERE msg_compcode = ? AND id = ? AND msg_state = 'DUE';

-- name: message_wait_abandon    whose sender has not come back
UPDATE trn_messages SET msg_state = 'UNKNOWN', msg_due_at = NULL
 WHERE msg_compcode = ? AND msg_state = 'SENDING' AND msg_due_at <= ?;

-- name: message_sent_count    since when; by hand is by another number
SELECT COUNT(*) FROM trn_messages FORCE INDEX (msg_sent)
 WHERE msg_compcode = ? AND msg_sent_at > ? AND NOT msg_is_by_hand;

-- name: message_claim
UPDATE trn_messages
   SET msg_state = 'SENDING', msg_tries = ?, msg_due_at = ?, msg_sent_at = ?, msg_template = ?, msg_language = ?,
       msg_text = LEFT(?, 1500),
       msg_code = NULL, msg_error = NULL, msg_wamid = NULL
 WHERE msg_compcode = ? AND id = ? AND msg_state = 'DUE';

-- name: message_accept    the id may be known already, by an event
UPDATE trn_messages
   SET msg_state = 'ACCEPTED', msg_due_at = NULL, msg_wamid = COALESCE(?, msg_wamid), msg_accepted_at = ?
 WHERE msg_compcode = ? AND id = ?;

-- name: message_not_sent    it does not count for the cap
UPDATE trn_messages SET msg_sent_at = NULL WHERE msg_compcode = ? AND id = ?;

-- name: message_doubt
UPDATE trn_messages SET msg_state = 'UNKNOWN', msg_due_at = NULL, msg_error = LEFT(?, 320)
 WHERE msg_compcode = ? AND id = ?;

-- name: messaging_companies    whose members are reminded
SELECT cmp_compcode FROM mst_companies
 WHERE cmp_status = 'ACTIVE' AND cmp_compcode > ?
 ORDER BY cmp_compcode LIMIT 200;

-- name: message_list    the newest first; of some states and of one member by other keys
SELECT g.id, g.msg_member_id, m.mbr_name, b.brn_zone, g.msg_kind, g.msg_days, g.msg_anchor_date, g.msg_serial <> 0,
       g.msg_state, g.msg_reason, g.msg_is_by_hand, g.msg_code, g.msg_error, u.usr_name,
       COALESCE(CASE g.msg_state WHEN 'DUE' THEN g.msg_due_at WHEN 'SKIPPED' THEN g.msg_created_at
                WHEN 'SENDING' THEN g.msg_sent_at WHEN 'UNKNOWN' THEN g.msg_sent_at END,
                g.msg_read_at, g.msg_delivered_at, g.msg_failed_at, g.msg_accepted_at, g.msg_created_at)
  FROM trn_messages g FORCE INDEX (PRIMARY)
  JOIN mst_members_lists m FORCE INDEX (PRIMARY) ON m.mbr_compcode = g.msg_compcode AND m.id = g.msg_member_id
  JOIN mst_branches b ON b.brn_compcode = g.msg_compcode AND b.id = g.msg_branch_id
  LEFT JOIN mst_users u ON u.id = g.msg_user_id
 WHERE g.msg_compcode = ? AND g.id < ? AND (? IS NULL OR g.msg_branch_id = ?)
   AND (? IS NULL OR g.msg_kind = ?) AND (? IS NULL OR g.msg_days = ?) AND (? IS NULL OR g.msg_state = ?)
 ORDER BY g.id DESC LIMIT ?;

-- name: message_list_state    of one whose messages wait for nothing: NULL stands in the key then
SELECT g.id, g.msg_member_id, m.mbr_name, b.brn_zone, g.msg_kind, g.msg_days, g.msg_anchor_date, g.msg_serial <> 0,
       g.msg_state, g.msg_reason, g.msg_is_by_hand, g.msg_code, g.msg_error, u.usr_name,
       COALESCE(CASE g.msg_state WHEN 'DUE' THEN g.msg_due_at WHEN 'SKIPPED' THEN g.msg_created_at
                WHEN 'SENDING' THEN g.msg_sent_at WHEN 'UNKNOWN' THEN g.msg_sent_at END,
                g.msg_read_at, g.msg_delivered_at, g.msg_failed_at, g.msg_accepted_at, g.msg_created_at)
  FROM trn_messages g FORCE INDEX (msg_due)
  JOIN mst_members_lists m FORCE INDEX (PRIMARY) ON m.mbr_compcode = g.msg_compcode AND m.id = g.msg_member_id
  JOIN mst_branches b ON b.brn_compcode = g.msg_compcode AND b.id = g.msg_branch_id
  LEFT JOIN mst_users u ON u.id = g.msg_user_id
 WHERE g.msg_compcode = ? AND g.msg_state = ? AND g.msg_due_at IS NULL AND g.id < ? AND (? IS NULL OR g.msg_branch_id = ?)
   AND (? IS NULL OR g.msg_kind = ?) AND (? IS NULL OR g.msg_days = ?) AND (? IS NULL OR g.msg_state = ?)
 ORDER BY g.id DESC LIMIT ?;

-- name: message_list_waiting    of DUE and SENDING, which never are many
SELECT g.id, g.msg_member_id, m.mbr_name, b.brn_zone, g.msg_kind, g.msg_days, g.msg_anchor_date, g.msg_serial <> 0,
       g.msg_state, g.msg_reason, g.msg_is_by_hand, g.msg_code, g.msg_error, u.usr_name,
       COALESCE(CASE g.msg_state WHEN 'DUE' THEN g.msg_due_at WHEN 'SKIPPED' THEN g.msg_created_at
                WHEN 'SENDING' THEN g.msg_sent_at WHEN 'UNKNOWN' THEN g.msg_sent_at END,
                g.msg_read_at, g.msg_delivered_at, g.msg_failed_at, g.msg_accepted_at, g.msg_created_at)
  FROM trn_messages g FORCE INDEX (msg_due)
  JOIN mst_members_lists m FORCE INDEX (PRIMARY) ON m.mbr_compcode = g.msg_compcode AND m.id = g.msg_member_id
  JOIN mst_branches b ON b.brn_compcode = g.msg_compcode AND b.id = g.msg_branch_id
  LEFT JOIN mst_users u ON u.id = g.msg_user_id
 WHERE g.msg_compcode = ? AND g.msg_state = ? AND g.id < ? AND (? IS NULL OR g.msg_branch_id = ?)
   AND (? IS NULL OR g.msg_kind = ?) AND (? IS NULL OR g.msg_days = ?) AND (? IS NULL OR g.msg_state = ?)
 ORDER BY g.id DESC LIMIT ?;

-- name: message_list_member
SELECT g.id, g.msg_member_id, m.mbr_name, b.brn_zone, g.msg_kind, g.msg_days, g.msg_anchor_date, g.msg_serial <> 0,
       g.msg_state, g.msg_reason, g.msg_is_by_hand, g.msg_code, g.msg_error, u.usr_name,
       COALESCE(CASE g.msg_state WHEN 'DUE' THEN g.msg_due_at WHEN 'SKIPPED' THEN g.msg_created_at
                WHEN 'SENDING' THEN g.msg_sent_at WHEN 'UNKNOWN' THEN g.msg_sent_at END,
                g.msg_read_at, g.msg_delivered_at, g.msg_failed_at, g.msg_accepted_at, g.msg_created_at)
  FROM trn_messages g FORCE INDEX (msg_once)
  JOIN mst_members_lists m FORCE INDEX (PRIMARY) ON m.mbr_compcode = g.msg_compcode AND m.id = g.msg_member_id
  JOIN mst_branches b ON b.brn_compcode = g.msg_compcode AND b.id = g.msg_branch_id
  LEFT JOIN mst_users u ON u.id = g.msg_user_id
 WHERE g.msg_compcode = ? AND g.msg_member_id = ? AND g.id < ? AND (? IS NULL OR g.msg_branch_id = ?)
   AND (? IS NULL OR g.msg_kind = ?) AND (? IS NULL OR g.msg_days = ?) AND (? IS NULL OR g.msg_state = ?)
 ORDER BY g.id DESC LIMIT ?;

-- name: message_list_now    reminders for somebody's hand, the longest due first
SELECT g.id, g.msg_member_id, m.mbr_name, b.brn_zone, g.msg_kind, g.msg_days, g.msg_anchor_date, g.msg_serial <> 0,
       g.msg_state, g.msg_reason, g.msg_is_by_hand, g.msg_code, g.msg_error, u.usr_name,
       COALESCE(CASE g.msg_state WHEN 'DUE' THEN g.msg_due_at WHEN 'SKIPPED' THEN g.msg_created_at
                WHEN 'SENDING' THEN g.msg_sent_at WHEN 'UNKNOWN' THEN g.msg_sent_at END,
                g.msg_read_at, g.msg_delivered_at, g.msg_failed_at, g.msg_accepted_at, g.msg_created_at)
  FROM trn_messages g FORCE INDEX (msg_due)
  JOIN mst_members_lists m FORCE INDEX (PRIMARY) ON m.mbr_compcode = g.msg_compcode AND m.id = g.msg_member_id
  JOIN mst_branches b ON b.brn_compcode = g.msg_compcode AND b.id = g.msg_branch_id
  LEFT JOIN mst_users u ON u.id = g.msg_user_id
 WHERE g.msg_compcode = ? AND g.msg_state = 'DUE' AND g.msg_due_at <= ? AND g.msg_serial = 0
   AND (? IS NULL OR g.msg_branch_id = ?)
 ORDER BY g.msg_due_at, g.id LIMIT ?;

-- name: message_summary    how a company stands: paused?, and how many wait for somebody's hand
SELECT mgs_paused_at IS NOT NULL,
       (SELECT COUNT(*) FROM trn_messages g FORCE INDEX (msg_due)
         WHERE mgs_sender = 'HAND' AND g.msg_compcode = mgs_compcode AND g.msg_state = 'DUE' AND g.msg_due_at <= ?
           AND g.msg_serial = 0 AND (? IS NULL OR g.msg_branch_id = ?))
  FROM mst_messaging WHERE mgs_compcode = ?;

-- name: message_phone_bad    the service could not reach the number that a member has
SELECT COALESCE(mbr_unreached_phone = mbr_phone, 0) FROM mst_members_lists WHERE mbr_compcode = ? AND id = ?;

-- name: message_state_count    since a moment: read backwards until there
SELECT msg_state, COUNT(*) FROM trn_messages FORCE INDEX (PRIMARY)
 WHERE msg_compcode = ? AND (? IS NULL OR msg_branch_id = ?)
   AND id > COALESCE((SELECT o.id FROM trn_messages o FORCE INDEX (PRIMARY)
                       WHERE o.msg_compcode = ? AND o.msg_created_at < ? ORDER BY o.id DESC LIMIT 1), 0)
 GROUP BY msg_state;

-- name: message_hand_sent    what the service says of a try before counts no more
UPDATE trn_messages
   SET msg_state = 'ACCEPTED', msg_due_at = NULL, msg_is_by_hand = 1, msg_user_id = ?, msg_text = LEFT(?, 1500),
       msg_accepted_at = ?, msg_sent_at = ?, msg_tries = msg_tries + 1, msg_wamid = NULL
 WHERE msg_compcode = ? AND id = ? AND msg_state IN ('DUE', 'FAILED');

-- name: message_hand_back    it was not sent: to what it was, due or failed; for the service it has not been sent either
UPDATE trn_messages
   SET msg_state = CASE WHEN msg_failed_at IS NULL THEN 'DUE' ELSE 'FAILED' END,
       msg_due_at = CASE WHEN msg_failed_at IS NULL THEN ? END, msg_is_by_hand = 0, msg_user_id = ?,
       msg_accepted_at = NULL, msg_sent_at = NULL
 WHERE msg_compcode = ? AND id = ? AND msg_state = 'ACCEPTED' AND msg_is_by_hand = 1;

-- name: message_hand_leave
UPDATE trn_messages SET msg_state = 'SKIPPED', msg_reason = 'STAFF', msg_due_at = NULL, msg_user_id = ?
 WHERE msg_compcode = ? AND id = ? AND msg_state = 'DUE';

-- name: message_hand_arrived
UPDATE trn_messages SET msg_state = 'ACCEPTED', msg_user_id = ?, msg_accepted_at = ?
 WHERE msg_compcode = ? AND id = ? AND msg_state = 'UNKNOWN';

-- name: message_hand_again    the same
UPDATE trn_messages
   SET msg_state = 'DUE', msg_due_at = ?, msg_user_id = ?, msg_accepted_at = NULL, msg_failed_at = NULL
 WHERE msg_compcode = ? AND id = ? AND msg_state = ?;

-- ---- what has had its time -----------------------------------------------
-- Of all companies, some at a time: those of gym/retention.c.

-- name: retention_alerts    with what was told of them
DELETE FROM trn_alerts WHERE alr_over_at < ? LIMIT 100;

-- name: retention_alert_mails    that tell of nothing any more; a read, which locks nothing it looks at
SELECT alm_compcode, id FROM trn_alert_mails FORCE INDEX (alm_created)
 WHERE alm_created_at < ? AND alm_due_at IS NULL
   AND NOT EXISTS (SELECT 1 FROM trn_alert_notices
                    WHERE aln_compcode = alm_compcode AND aln_mail_id = trn_alert_mails.id)
 LIMIT ?;

-- name: retention_alert_mail_end
DELETE FROM trn_alert_mails
 WHERE alm_compcode = ? AND id = ? AND alm_created_at < ? AND alm_due_at IS NULL;

-- name: retention_alert_samples    of terminals that nobody watches any more
DELETE FROM trn_alert_samples WHERE als_at < ? LIMIT 100;

-- name: retention_approvals    of who is not to be closed any more, or of a number that nobody has:
-- whoever has it next is asked about anew; a read, too
SELECT dva_compcode, dva_device_sn, dva_user_id, dva_kind FROM trn_device_approvals FORCE INDEX (dva_at)
 WHERE dva_at < ?
   AND (NOT EXISTS (SELECT 1 FROM trn_member_biometric_mappings
                     WHERE mbm_compcode = dva_compcode AND mbm_device_sn = dva_device_sn
                       AND mbm_open_user_id = dva_user_id)
     OR (dva_kind = 'ENDED'
         AND NOT EXISTS (SELECT 1 FROM trn_device_blocks
                          WHERE dvb_compcode = dva_compcode AND dvb_device_sn = dva_device_sn
                            AND dvb_user_id = dva_user_id AND dvb_kind = 'ENDED')))
 LIMIT ?;

-- name: retention_approval_end    unless it was given again
DELETE FROM trn_device_approvals
 WHERE dva_compcode = ? AND dva_device_sn = ? AND dva_user_id = ? AND dva_kind = ? AND dva_at < ?;

-- name: retention_commands
DELETE FROM trn_device_commands WHERE cmd_created_at < ? LIMIT 100;

-- name: retention_import_files    which nobody has imported in time, nor is anybody heard of who does
UPDATE trn_imports SET imp_state = 'DROPPED', imp_bytes = NULL, imp_drop_at = NULL
 WHERE imp_drop_at < ? AND (imp_state <> 'RUNNING' OR imp_beat_at < ?) LIMIT 100;

-- name: retention_imports
DELETE FROM trn_imports WHERE imp_created_at < ? AND imp_bytes IS NULL LIMIT 100;

-- name: retention_codes    that nobody has typed in time
UPDATE mst_displays SET dsp_code_hash = NULL, dsp_code_to_at = NULL WHERE dsp_code_to_at < ? LIMIT 100;

-- name: retention_displays
DELETE FROM mst_displays WHERE dsp_revoked_at < ? LIMIT 100;

-- name: retention_tokens
DELETE FROM mst_api_tokens WHERE tok_revoked_at < ? LIMIT 100;

-- name: retention_sessions
DELETE FROM trn_sessions WHERE ses_expires_at < ? LIMIT 100;

-- name: retention_sessions_idle
DELETE FROM trn_sessions WHERE ses_seen_at < ? LIMIT 100;

-- name: retention_events    those that were tried in vain; what was not tried may be a STOP
DELETE FROM trn_whatsapp_events WHERE wev_received_at < ? AND wev_tries >= ? LIMIT 100;

-- name: retention_devices    terminals that were closed by then, of whose users something is kept
SELECT DISTINCT d.dev_compcode, d.dev_sn FROM mst_devices d
 WHERE d.dev_to_at < ?
   AND NOT EXISTS (SELECT 1 FROM mst_devices o
                    WHERE o.dev_compcode = d.dev_compcode AND o.dev_sn = d.dev_sn
                      AND (o.dev_to_at IS NULL OR o.dev_to_at >= ?))
   AND (EXISTS (SELECT 1 FROM trn_device_users
                 WHERE dvu_compcode = d.dev_compcode AND dvu_device_sn = d.dev_sn)
     OR EXISTS (SELECT 1 FROM trn_device_blocks
                 WHERE dvb_compcode = d.dev_compcode AND dvb_device_sn = d.dev_sn)
     OR EXISTS (SELECT 1 FROM trn_device_approvals
                 WHERE dva_compcode = d.dev_compcode AND dva_device_sn = d.dev_sn))
 ORDER BY d.dev_compcode, d.dev_sn LIMIT 100;

-- name: retention_device_approvals
DELETE FROM trn_device_approvals WHERE dva_compcode = ? AND dva_device_sn = ? LIMIT 100;

-- name: retention_device_blocks
DELETE FROM trn_device_blocks WHERE dvb_compcode = ? AND dvb_device_sn = ? LIMIT 100;

-- name: retention_device_users
DELETE FROM trn_device_users WHERE dvu_compcode = ? AND dvu_device_sn = ? LIMIT 100;
