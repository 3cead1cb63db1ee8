-- 0025-last-company.sql: where somebody who works at several gyms was last
--
-- A gym that gets a role for them later does not draw them to it at their next
-- sign-in.  Until they sign in again, the newest of their sessions says it.
ALTER TABLE mst_users
  ADD COLUMN usr_last_compcode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL;
UPDATE mst_users SET usr_last_compcode = (SELECT ses_compcode FROM trn_sessions
  WHERE ses_user_id = mst_users.id ORDER BY ses_seen_at DESC, ses_hash LIMIT 1);
