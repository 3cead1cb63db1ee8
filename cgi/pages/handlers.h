/* handlers.h: every handler of pages/ and api/, for routes.c */
#ifndef HANDLERS_H
#define HANDLERS_H

#include "http/http.h"

enum status page_login(struct req *req, struct res *res);
enum status do_login(struct req *req, struct res *res);
enum status do_logout(struct req *req, struct res *res);
enum status page_dashboard(struct req *req, struct res *res);
enum status part_feed(struct req *req, struct res *res);
enum status page_member(struct req *req, struct res *res);
enum status do_member_consent(struct req *req, struct res *res);
enum status page_member_edit(struct req *req, struct res *res);
enum status do_member_edit(struct req *req, struct res *res);
enum status page_member_erase(struct req *req, struct res *res);
enum status do_member_erase(struct req *req, struct res *res);
enum status page_member_freeze(struct req *req, struct res *res);
enum status do_member_freeze(struct req *req, struct res *res);
enum status page_member_freeze_end(struct req *req, struct res *res);
enum status do_member_freeze_end(struct req *req, struct res *res);
enum status page_members(struct req *req, struct res *res);
enum status page_member_photo(struct req *req, struct res *res);
enum status do_member_photo(struct req *req, struct res *res);
enum status do_member_photo_remove(struct req *req, struct res *res);
enum status image_member_large(struct req *req, struct res *res);
enum status image_member_small(struct req *req, struct res *res);
enum status page_devices(struct req *req, struct res *res);
enum status page_device_new(struct req *req, struct res *res);
enum status do_device_new(struct req *req, struct res *res);
enum status page_device_close(struct req *req, struct res *res);
enum status do_device_close(struct req *req, struct res *res);
enum status page_device_copy(struct req *req, struct res *res);
enum status do_device_copy(struct req *req, struct res *res);
enum status page_device_edit(struct req *req, struct res *res);
enum status do_device_edit(struct req *req, struct res *res);
enum status page_device_replace(struct req *req, struct res *res);
enum status do_device_replace(struct req *req, struct res *res);
enum status page_attendance(struct req *req, struct res *res);
enum status page_attendance_new(struct req *req, struct res *res);
enum status do_attendance_new(struct req *req, struct res *res);
enum status page_attendance_refused(struct req *req, struct res *res);
enum status page_attendance_correct(struct req *req, struct res *res);
enum status do_attendance_correct(struct req *req, struct res *res);
enum status page_inbox(struct req *req, struct res *res);
enum status do_inbox_dismiss(struct req *req, struct res *res);
enum status do_inbox_undo(struct req *req, struct res *res);
enum status page_inbox_time(struct req *req, struct res *res);
enum status do_inbox_time(struct req *req, struct res *res);
enum status page_mappings(struct req *req, struct res *res);
enum status page_mapping_new(struct req *req, struct res *res);
enum status do_mapping_new(struct req *req, struct res *res);
enum status page_mapping_end(struct req *req, struct res *res);
enum status do_mapping_end(struct req *req, struct res *res);
enum status page_mapping_move(struct req *req, struct res *res);
enum status do_mapping_move(struct req *req, struct res *res);
enum status page_tokens(struct req *req, struct res *res);
enum status do_token_make(struct req *req, struct res *res);
enum status page_token_revoke(struct req *req, struct res *res);
enum status do_token_revoke(struct req *req, struct res *res);
enum status page_users(struct req *req, struct res *res);
enum status page_user_new(struct req *req, struct res *res);
enum status do_user_new(struct req *req, struct res *res);
enum status page_user(struct req *req, struct res *res);
enum status do_user_role(struct req *req, struct res *res);
enum status page_user_remove(struct req *req, struct res *res);
enum status do_user_remove(struct req *req, struct res *res);
enum status do_user_password(struct req *req, struct res *res);
enum status page_account(struct req *req, struct res *res);
enum status do_account(struct req *req, struct res *res);
enum status do_sign_out_everywhere(struct req *req, struct res *res);
enum status do_account_company(struct req *req, struct res *res);
enum status page_settings(struct req *req, struct res *res);
enum status do_settings(struct req *req, struct res *res);
enum status page_branch_new(struct req *req, struct res *res);
enum status do_branch_new(struct req *req, struct res *res);
enum status page_branch(struct req *req, struct res *res);
enum status do_branch(struct req *req, struct res *res);
enum status page_audit(struct req *req, struct res *res);
enum status page_device_mac(struct req *req, struct res *res);
enum status do_device_mac(struct req *req, struct res *res);

enum status page_displays(struct req *req, struct res *res);
enum status do_display_add(struct req *req, struct res *res);
enum status page_display(struct req *req, struct res *res);
enum status do_display(struct req *req, struct res *res);
enum status do_display_code(struct req *req, struct res *res);
enum status page_display_revoke(struct req *req, struct res *res);
enum status do_display_revoke(struct req *req, struct res *res);
enum status page_desk(struct req *req, struct res *res);
enum status part_desk_feed(struct req *req, struct res *res);
enum status page_desk_pair(struct req *req, struct res *res);
enum status do_desk_pair(struct req *req, struct res *res);
enum status image_desk(struct req *req, struct res *res);

enum status page_admission(struct req *req, struct res *res);
enum status do_admission(struct req *req, struct res *res);
enum status page_finger(struct req *req, struct res *res);
enum status do_finger(struct req *req, struct res *res);

enum status page_renew(struct req *req, struct res *res);
enum status do_renew(struct req *req, struct res *res);
enum status page_pay(struct req *req, struct res *res);
enum status do_pay(struct req *req, struct res *res);
enum status do_subscription_void(struct req *req, struct res *res);
enum status page_payments(struct req *req, struct res *res);
enum status page_dues(struct req *req, struct res *res);
enum status page_day_close(struct req *req, struct res *res);
enum status page_receipt(struct req *req, struct res *res);
enum status do_payment_void(struct req *req, struct res *res);
enum status page_plans(struct req *req, struct res *res);
enum status page_plan_new(struct req *req, struct res *res);
enum status do_plan_new(struct req *req, struct res *res);
enum status page_plan_edit(struct req *req, struct res *res);
enum status do_plan_edit(struct req *req, struct res *res);
enum status do_plan_close(struct req *req, struct res *res);
enum status do_plan_open(struct req *req, struct res *res);

enum status api_attendances(struct req *req, struct res *res);
enum status api_device_status(struct req *req, struct res *res);
enum status api_device_users(struct req *req, struct res *res);
enum status api_health(struct req *req, struct res *res);

#endif
