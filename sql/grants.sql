-- grants.sql: what the programs' database user may do; run by every migrate
--
-- @ACCOUNT@ is program_account of the configuration.  No DDL, and the audit
-- can only be added to.
GRANT SELECT, INSERT, UPDATE, DELETE ON mst_api_tokens TO @ACCOUNT@;
GRANT SELECT, INSERT, UPDATE, DELETE ON mst_branches TO @ACCOUNT@;
GRANT SELECT, INSERT, UPDATE, DELETE ON mst_companies TO @ACCOUNT@;
GRANT SELECT, INSERT, UPDATE, DELETE ON mst_devices TO @ACCOUNT@;
GRANT SELECT, INSERT, UPDATE, DELETE ON mst_members_lists TO @ACCOUNT@;
GRANT SELECT, INSERT, UPDATE, DELETE ON mst_membership_plans TO @ACCOUNT@;
GRANT SELECT, INSERT, UPDATE, DELETE ON mst_users TO @ACCOUNT@;
GRANT SELECT, INSERT, DELETE ON trn_attendance_hours TO @ACCOUNT@;
GRANT SELECT, INSERT ON trn_audit_trails TO @ACCOUNT@;
GRANT SELECT, INSERT, UPDATE ON trn_chores TO @ACCOUNT@;
GRANT SELECT, INSERT, UPDATE, DELETE ON trn_device_users TO @ACCOUNT@;
GRANT SELECT, INSERT ON trn_member_attendances TO @ACCOUNT@;
GRANT SELECT, INSERT, UPDATE, DELETE ON trn_member_biometric_mappings TO @ACCOUNT@;
GRANT SELECT, INSERT ON trn_member_consents TO @ACCOUNT@;
GRANT SELECT, INSERT, UPDATE, DELETE ON trn_member_freezes TO @ACCOUNT@;
GRANT SELECT, INSERT, UPDATE, DELETE ON trn_member_photos TO @ACCOUNT@;
GRANT SELECT, INSERT, UPDATE, DELETE ON trn_member_subscriptions TO @ACCOUNT@;
GRANT SELECT, INSERT, UPDATE, DELETE ON trn_membership_counts TO @ACCOUNT@;
GRANT SELECT, INSERT ON trn_payments TO @ACCOUNT@;
GRANT SELECT, INSERT, UPDATE ON trn_punch_inbox TO @ACCOUNT@;
GRANT SELECT, INSERT, UPDATE ON trn_receipt_counters TO @ACCOUNT@;
GRANT SELECT, INSERT, UPDATE, DELETE ON trn_sessions TO @ACCOUNT@;
GRANT SELECT, INSERT, UPDATE, DELETE ON trn_signin_delays TO @ACCOUNT@;
GRANT SELECT, INSERT, UPDATE ON trn_summary_marks TO @ACCOUNT@;
GRANT SELECT, INSERT, UPDATE, DELETE ON trn_user_roles TO @ACCOUNT@;
