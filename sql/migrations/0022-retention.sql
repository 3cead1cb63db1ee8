-- 0022-retention.sql: keys by which what has had its time is found, and goes
--
-- Of all companies, so the company does not lead them (gym/retention.c).
ALTER TABLE mst_api_tokens
  ADD KEY tok_revoked (tok_revoked_at);

ALTER TABLE mst_displays
  ADD KEY dsp_code_to (dsp_code_to_at),
  ADD KEY dsp_revoked (dsp_revoked_at);

ALTER TABLE trn_alert_mails
  ADD KEY alm_created (alm_created_at);

-- An event takes along who was told of it; its mails then stand alone.
ALTER TABLE trn_alert_notices
  DROP FOREIGN KEY aln_alert;
ALTER TABLE trn_alert_notices
  ADD CONSTRAINT aln_alert FOREIGN KEY (aln_compcode, aln_alert_id)
    REFERENCES trn_alerts (alr_compcode, id) ON DELETE CASCADE;

ALTER TABLE trn_alert_samples
  ADD KEY als_at (als_at);

ALTER TABLE trn_alerts
  ADD KEY alr_over (alr_over_at);

ALTER TABLE trn_device_commands
  ADD KEY cmd_created (cmd_created_at);

ALTER TABLE trn_imports
  ADD KEY imp_created (imp_created_at);

ALTER TABLE trn_sessions
  ADD KEY ses_seen (ses_seen_at);

ALTER TABLE trn_whatsapp_events
  ADD KEY wev_received (wev_received_at);
