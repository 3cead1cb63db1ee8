/* import_columns.c: which columns a table may have, and what they are called */
#include "gym/import.h"

#include <string.h>

#include "gym/member_edit.h"

#define AT(member) offsetof(struct import_row, member)

static const struct import_column members[] = {
	{ "Code", "membercode|memberid|memberno|membernumber|membershipno|"
	  "membershipnumber|membershipid|id|no", IMPORT_CODE, true, AT(code),
	  MEMBER_CODE_MAX, "mbr_code", "SF-001" },
	{ "Name", "membername|fullname|member|customer|customername",
	  IMPORT_LINE, false, AT(name), MEMBER_NAME_MAX, "mbr_name",
	  "Asha Rao" },
	{ "Phone", "mobile|mobileno|mobilenumber|phoneno|phonenumber|contact|"
	  "contactno|contactnumber|cell|whatsapp", IMPORT_PHONE, false,
	  AT(phone), 40, "mbr_phone", "98765 43210" },
	{ "E-mail", "email|emailaddress|emailid|mail|mailid", IMPORT_EMAIL,
	  false, AT(email), MEMBER_EMAIL_MAX, "mbr_email",
	  "asha@example.org" },
	{ "Joined", "joiningdate|dateofjoining|joindate|joineddate|joinedon|"
	  "doj|membersince|since", IMPORT_DAY, false, AT(joined_day), 0,
	  "mbr_joined_date", "15-04-2025" },
	{ "Date of birth", "dob|birthdate|birthday|born|bornon",
	  IMPORT_DAY, false, AT(birth_day), 0,
	  "mbr_birth_date", "23-08-1994" },
	{ "Branch", "branchname|club|location|centre|center", IMPORT_BRANCH,
	  false, AT(branch_id), 0, "mbr_branch_id", NULL },
	{ "Notes", "note|remark|remarks|comment|comments", IMPORT_LINES, false,
	  AT(notes), MEMBER_NOTES_MAX, "mbr_notes", "Knee injury, 2024" },
};

static const struct import_column subscriptions[] = {
	{ "Code", "membercode|memberid|memberno|membernumber|membershipno|"
	  "membershipnumber|membershipid|id|no", IMPORT_CODE, true, AT(code),
	  MEMBER_CODE_MAX, "mbr_code", "SF-001" },
	{ "Plan", "planname|package|packagename|membership|membershipplan|"
	  "membershiptype", IMPORT_PLAN, true, AT(plan), 0, "ms_plan_id",
	  NULL },
	{ "Start", "startdate|startday|from|fromdate|startson|validfrom",
	  IMPORT_DAY, true, AT(start_day), 0, "ms_start_date", "01-04-2026" },
	{ "End", "enddate|endday|to|todate|until|expiry|expirydate|expires|"
	  "expireson|validto|validtill|validuntil", IMPORT_DAY, false,
	  AT(end_day), 0, "ms_end_date", NULL },
	{ "Due", "amountdue|dueamount|balance|balancedue|pending|"
	  "pendingamount|stilldue|outstanding", IMPORT_MONEY, false, AT(due),
	  0, "ms_amount", "500" },
};

static const struct import_column mappings[] = {
	{ "Code", "membercode|memberid|memberno|membershipno|"
	  "membershipnumber|membershipid", IMPORT_CODE, true, AT(code),
	  MEMBER_CODE_MAX, "mbr_code", "SF-001" },
	{ "Number", "no|userid|deviceuserid|biometricid|biometricno|"
	  "biometricnumber|fingerid|enrollid|enrolid|enrollno|enrollnumber|"
	  "machineid|terminalnumber|numberattheterminal", IMPORT_NUMBER, true,
	  AT(number), 24, "mbm_device_user_id", "42" },
	{ "Terminal", "terminalname|device|devicename|deviceserial|devicesn|"
	  "machine|serial|serialnumber|serialno|sn", IMPORT_TERMINAL, false,
	  AT(terminal), 0, "mbm_device_sn", NULL },
	{ "From", "fromdate|since|start|startdate|validfrom|mappedfrom|"
	  "mappedon", IMPORT_MOMENT, false, AT(from_local), 0, "mbm_from",
	  NULL },
};

static const struct {
	const char *word;
	const struct import_column *columns;
	size_t count;
} kinds[IMPORT_KIND__COUNT] = {
	[IMPORT_MEMBERS] = { "members", members,
	                     sizeof members / sizeof *members },
	[IMPORT_SUBSCRIPTIONS] = { "subscriptions", subscriptions,
	                           sizeof subscriptions /
	                           sizeof *subscriptions },
	[IMPORT_MAPPINGS] = { "mappings", mappings,
	                      sizeof mappings / sizeof *mappings },
};

const char *
import_kind_word(enum import_kind kind)
{
	return kinds[kind].word;
}

bool
import_kind_from_word(const char *word, enum import_kind *kind)
{
	for (int i = 0; i < IMPORT_KIND__COUNT; i++) {
		if (word == NULL || strcmp(kinds[i].word, word) != 0)
			continue;
		*kind = (enum import_kind)i;
		return true;
	}
	return false;
}

const struct import_column *
import_columns(enum import_kind kind, size_t *count)
{
	*count = kinds[kind].count;
	return kinds[kind].columns;
}
