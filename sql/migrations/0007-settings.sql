-- 0007-settings.sql: what owners change: terminals, tokens, roles, branches
--
-- A version where two people may edit one row: the second is told.  A nonce
-- where a form creates one: posted twice it is one.
ALTER TABLE mst_devices
  ADD COLUMN dev_version INT UNSIGNED NOT NULL DEFAULT 1,
  ADD COLUMN dev_nonce CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD UNIQUE KEY dev_nonce (dev_compcode, dev_nonce);

ALTER TABLE mst_branches
  ADD COLUMN brn_nonce CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD UNIQUE KEY brn_nonce (brn_compcode, brn_nonce);

ALTER TABLE mst_api_tokens
  ADD COLUMN tok_nonce CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD UNIQUE KEY tok_nonce (tok_compcode, tok_nonce);

ALTER TABLE trn_user_roles
  ADD COLUMN url_version INT UNSIGNED NOT NULL DEFAULT 1,
  ADD COLUMN url_nonce CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD UNIQUE KEY url_nonce (url_compcode, url_nonce);

-- Of one person, or of one kind of thing, newest first.
ALTER TABLE trn_audit_trails
  ADD KEY aud_user (aud_compcode, aud_user_id, id),
  ADD KEY aud_table (aud_compcode, aud_table, id);
