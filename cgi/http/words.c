/* words.c: the one table of messages: what C says to people */
#include "http/words.h"

#include <stddef.h>

static const char *const sentences[WORD__COUNT] = {
	[WORD_REQUIRED] = "This is needed.",
	[WORD_TOO_LONG] = "This is too long.",
	[WORD_TOO_SHORT] = "This is too short.",
	[WORD_UNREADABLE] = "There is a character in it that cannot be kept.",
	[WORD_NOT_A_NUMBER] = "Enter a whole number.",
	[WORD_OUT_OF_BOUNDS] = "This is too small or too large.",
	[WORD_NOT_A_DAY] = "Enter a date, like 31-12-2026.",
	[WORD_NOT_A_TIME] = "Enter date and time, like 31-12-2026 18:30.",
	[WORD_NOT_AN_HOUR] = "Enter a time of the day, like 05:30 or 22:00.",
	[WORD_NOT_MONEY] = "Enter an amount, like 1500 or 1500.50.",
	[WORD_NOT_A_CHOICE] = "Choose one of the list.",

	[WORD_BAD_EMAIL] = "Enter an e-mail address, like name@example.org.",
	[WORD_BAD_PHONE] = "Enter a phone number, like 98765 43210.",
	[WORD_END_BEFORE_START] = "The end lies before the start.",
	[WORD_NOT_FOUND] = "There is no such thing here any more.",
	[WORD_DOOR_IS_EXIT] = "This terminal is read on the way out: nothing "
		"is ever blocked there.",
	[WORD_DOOR_IS_ON] = "Blocking is on here. Switch it off first.",
	[WORD_DOOR_NONE_WAITS] = "Nothing was agreed to: none of those who "
		"were shown waits any more. Look again.",
	[WORD_DOOR_NOT_TRIED] = "Choose a number that the terminal knows, that "
		"is a member's, and that is no administrator there.",
	[WORD_DOOR_NO_RELAY] = "This terminal opens no lock.",
	[WORD_DOOR_NO_TRIAL] = "Blocking stays off: the trial with one finger "
		"has not been passed yet.",
	[WORD_DISPLAY_ADDED] = "This form has added its display already; it "
		"is in the list. If you have lost its code, make a new one "
		"there.",
	[WORD_NO_WHATSAPP] = "This gym has no number at WhatsApp yet: ask who runs "
		"this site.",
	[WORD_NO_LANGUAGE] = "Enter a language like en or en_US.",
	[WORD_RULE_KNOWN] = "There is a reminder for that already: change that "
		"one.",
	[WORD_RULES_MANY] = "There are 40 reminders already, the most there can "
		"be.",
	[WORD_TEMPLATE_SMALL] = "Small letters, digits and _ only.",
	[WORD_TESTS_MANY] = "There were 20 tests in the last 24 hours, the most "
		"there can be.",
	[WORD_TEXT_FIELD] = "There is no such field:",
	[WORD_TEXT_OPEN] = "A field begins with {{ and ends with }}: one of these "
		"is missing.",
	[WORD_ROLE_KNOWN] = "This person has a role there already: change "
		"that one.",
	[WORD_OWN_PASSWORD] = "This person signs in already, with a password "
		"that is only theirs to change.",
	[WORD_ROLE_ELSEWHERE] = "This address already signs in elsewhere on this "
		"server. Whoever runs the server can add it here: "
		"gymgate-admin user add ADDRESS NAME --company CODE --role "
		"staff",
	[WORD_WRONG_PASSWORD] = "This is not your password.",
	[WORD_GUESSED_PASSWORD] = "This is among the first that are tried. Take "
		"several words, and no names or rows of keys.",
	[WORD_NOT_THE_SAME] = "The two are not the same.",
	[WORD_TOO_OFTEN] = "Too many tries. Wait a few minutes.",
	[WORD_BAD_GSTIN] = "This is not a GSTIN: it has 15 characters, and the "
		"last one guards against typing errors.",
	[WORD_BAD_PHONE_CODE] = "Enter the code of a country, like 91.",
	[WORD_CURRENCY_USED] = "Payments have been taken in the old currency, "
		"so it stays.",
	[WORD_NAME_TAKEN] = "Another branch has this name.",
	[WORD_NOT_PERCENT] = "Enter a rate in percent, like 18 or 2.50.",
	[WORD_TOKEN_MADE] = "This form has made its token already; it is in "
		"the list. If you have not kept it, revoke it and make "
		"another.",
	[WORD_TERMINAL_TAKEN] = "This gym has a terminal with this serial "
		"number already.",
	[WORD_CODE_TAKEN] = "Another member has this code.",
	[WORD_FREEZE_OVERLAPS] = "Another one of the same kind has some of "
		"these days.",
	[WORD_FREEZE_SHORTER] = "It ends before that day anyway.",
	[WORD_TICK_THIS] = "Tick this to go on.",
	[WORD_ERASED_MEMBER] = "Erased member",
	[WORD_NO_IMAGE] = "This is not a JPEG or PNG picture.",
	[WORD_IMAGE_TOO_LARGE] = "This picture has more than 10 MB.",
	[WORD_TOO_MANY_PIXELS] = "This picture has more than 12 megapixels, or "
		"is very long.",
	[WORD_IMAGE_BROKEN] = "This picture is damaged, or did not come whole.",
	[WORD_CONSENT_NEEDED] = "A photo is kept only of who agrees to it.",

	[WORD_NO_MEMBER] = "There is no such member here any more.",
	[WORD_NUMBER_HELD] = "This number is a member's already. To give it to "
		"somebody else, move it.",
	[WORD_NUMBER_OVERLAPS] = "At that moment the number was still a "
		"member's. Choose a later one.",
	[WORD_NUMBER_ENDED] = "Somebody else has just ended this. Nothing was "
		"changed.",
	[WORD_STILL_TO_COME] = "That is still to come.",
	[WORD_BAD_BIRTH] = "This is before 1900, or still to come.",
	[WORD_SETTLED] = "Somebody else has settled this punch. Nothing was "
		"changed.",
	[WORD_AFTER_ARRIVAL] = "The punch had come in before that.",
	[WORD_BEFORE_START] = "That is before this terminal's start.",
	[WORD_TIME_KNOWN] = "Another punch of this number has that time. If "
		"it is the same, dismiss this one.",

	[WORD_CLOSED_PLAN] = "This plan is not sold any more.",
	[WORD_DEARER] = "This is more than the plan costs.",
	[WORD_NO_REFERENCE] = "UPI needs the reference of the payment.",
	[WORD_OTHER_PLAN] = "This is what the plan costs that you chose now. If "
		"it is right, press again.",
	[WORD_OVERLAPS] = "Another subscription holds on some of these days.",
	[WORD_PAID_TOO_MUCH] = "This is more than there is to pay.",
	[WORD_TAKEN_BACK] = "This payment has been taken back already.",

	[WORD_HALF_A_WINDOW] = "Tick the days, and say from when to when.",
	[WORD_MORE_VISITS] = "There is one visit a day at most: these are more "
		"than the days.",
	[WORD_MON] = "Mon",
	[WORD_TUE] = "Tue",
	[WORD_WED] = "Wed",
	[WORD_THU] = "Thu",
	[WORD_FRI] = "Fri",
	[WORD_SAT] = "Sat",
	[WORD_SUN] = "Sun",
	[WORD_EVERY_DAY] = "Every day",
	[WORD_ALL_DAY] = "all day",
	[WORD_ANY_TIME] = "At any time",
	[WORD_ONE_VISIT] = "visit",
	[WORD_MANY_VISITS] = "visits",

	[WORD_VISITS] = "Visits",
	[WORD_NEW] = "New",
	[WORD_RENEWED] = "Renewed",
	[WORD_RETURNED] = "Returned",
	[WORD_LOST] = "Lost",
	[WORD_CASH] = "Cash",
	[WORD_UPI] = "UPI",
	[WORD_CARD] = "Card",
	[WORD_BANK] = "Bank transfer",

	[WORD_MESSAGE_DUE] = "To be sent",
	[WORD_MESSAGE_SENDING] = "Being sent",
	[WORD_MESSAGE_UNKNOWN] = "Maybe sent",
	[WORD_MESSAGE_ACCEPTED] = "Sent",
	[WORD_MESSAGE_BY_HAND] = "Sent by hand",
	[WORD_MESSAGE_FAILED] = "Failed",
	[WORD_MESSAGE_DELIVERED] = "Delivered",
	[WORD_MESSAGE_READ] = "Read",
	[WORD_MESSAGE_SKIPPED] = "Not sent",
	[WORD_SKIP_CONSENT] = "The member has not agreed to messages.",
	[WORD_SKIP_PHONE] = "There is no number, or it is not a mobile one.",
	[WORD_SKIP_UNREACHED] = "The number cannot be reached on WhatsApp.",
	[WORD_SKIP_AGE] = "By the date of birth the member is not known to be "
		"grown up.",
	[WORD_SKIP_UNSURE] = "A terminal was silent or its punches waited, so "
		"visits may be missing.",
	[WORD_SKIP_ERASED] = "The member was erased.",
	[WORD_SKIP_UNTRUE] = "It is not true any more: renewed, frozen, or "
		"there again.",
	[WORD_SKIP_OVERTAKEN] = "A later reminder has taken its place.",
	[WORD_SKIP_LATE] = "It was not sent in its time.",
	[WORD_SKIP_RULE] = "Its rule is off.",
	[WORD_SKIP_STAFF] = "Somebody here did not want it sent.",
	[WORD_FAILED_RETRY] = "WhatsApp was in trouble for a long time. Send it "
		"by hand, or again.",
	[WORD_FAILED_SLOW] = "WhatsApp wanted fewer messages for a long time. "
		"Send it by hand, or again later.",
	[WORD_FAILED_PAIR] = "Too many messages went to this number in a short "
		"time. Send it again later.",
	[WORD_FAILED_DAY] = "WhatsApp holds back what this member gets of "
		"businesses. Send it by hand, if it matters.",
	[WORD_FAILED_TEMPLATE] = "The template at WhatsApp does not fit its "
		"rule. An owner puts that right under Settings, Messages; then "
		"send it again.",
	[WORD_FAILED_ALL] = "WhatsApp takes no messages of the gym. An owner "
		"settles that there first; until then, send it by hand.",
	[WORD_FAILED_NEVER] = "The member wants no such messages: the consent "
		"is taken back. Do not write by hand either.",
	[WORD_FAILED_UNREACHED] = "Ask the member whether this number is on "
		"WhatsApp, and correct it on the member's page.",
	[WORD_FAILED_FAIL] = "WhatsApp does not take this message. Send it by "
		"hand; if others fail the same way, tell an owner.",

	[WORD_NO_FINGER] = "A finger is taken only of who agrees to it: tick "
		"this, or choose \"Not now\".",
	[WORD_OTHER_BRANCH] = "This belongs to another branch.",
	[WORD_THERE_ALREADY] = "The member is there at that minute already.",
	[WORD_CORRECTED_MEANWHILE] = "Somebody else has corrected this "
		"meanwhile. Look again before you answer.",
	[WORD_COUNTS_SO] = "It counts so already.",

	[WORD_IMPORT_EMPTY] = "There is nothing in this file.",
	[WORD_IMPORT_TOO_LARGE] = "This file has more than 10 MB.",
	[WORD_IMPORT_TOO_LONG] = "This file has more than 20,000 rows: split "
		"it.",
	[WORD_IMPORT_WORKBOOK] = "This is a workbook, not a CSV file. In Excel, "
		"choose Save As, then CSV UTF-8, and send what that writes.",
	[WORD_IMPORT_NO_ROWS] = "There are titles in this file, but nothing "
		"below them.",
	/* behind a colon follows a detail */
	[WORD_IMPORT_CONTROL] = "There is a character in it that cannot be "
		"kept.",
	[WORD_IMPORT_LOST] = "A letter of it was lost when the file was "
		"written. Save it once more as CSV UTF-8.",
	[WORD_IMPORT_LONG_CELL] = "This is too long.",
	[WORD_IMPORT_MANY_CELLS] = "This row has more than 64 cells.",
	[WORD_IMPORT_OPEN_QUOTE] = "A quotation mark begins here, and none ends "
		"it.",
	[WORD_IMPORT_HASHES] = "The column was too narrow to show this, so it "
		"was written as ####. Make it wider and save again.",
	[WORD_IMPORT_ROUNDED] = "Excel has rounded this number, and its last "
		"digits are lost. Format the column as Text, enter it again, "
		"and save.",
	[WORD_IMPORT_FORMULA_FAILED] = "A formula has failed here.",
	[WORD_IMPORT_NO_COLUMN] = "There is no column with this title:",
	[WORD_IMPORT_SAME_COLUMN] = "Another column has the same meaning. Take "
		"one of the two away.",
	[WORD_IMPORT_MISSING] = "This is needed, and the cell is empty.",
	[WORD_IMPORT_NOT_ONE_LINE] = "There is a line break or a tab in it.",
	[WORD_IMPORT_BAD_CODE] = "A code has letters A to Z, digits and - _ . / "
		"only, at most 24 of them.",
	[WORD_IMPORT_BAD_PHONE] = "This is no phone number, like 98765 43210.",
	[WORD_IMPORT_BAD_EMAIL] = "This is no e-mail address, like "
		"name@example.org.",
	[WORD_IMPORT_BAD_NUMBER] = "A number at a terminal has digits and "
		"letters A to Z only, at most 24 of them.",
	[WORD_IMPORT_NO_DAY] = "This is no date, like 31-12-2026.",
	[WORD_IMPORT_MONTH_FIRST] = "There is no such month: the month seems to "
		"stand first. Write the day first, like 31-12-2026.",
	[WORD_IMPORT_SERIAL] = "This is a date as Excel counts days. Format the "
		"column as a date, like 31-12-2026, and save again.",
	[WORD_IMPORT_ODD_DAY] = "This is before 1950, or more than a year "
		"ahead.",
	[WORD_IMPORT_NOT_MONEY] = "This is no amount, like 1500 or 1500.50.",
	[WORD_IMPORT_NONE_YET] = "The gym has none of these yet. Add it first, "
		"then come back.",
	[WORD_IMPORT_NO_BRANCH] = "There is no branch of this name. There are:",
	[WORD_IMPORT_WHICH_BRANCH] = "Which branch? There are:",
	[WORD_IMPORT_NO_PLAN] = "There is no plan of this name. There are:",
	[WORD_IMPORT_WHICH_PLAN] = "Several plans have this name: rename one.",
	[WORD_IMPORT_NO_TERMINAL] = "There is no terminal of this name or "
		"serial number. There are:",
	[WORD_IMPORT_WHICH_TERMINAL] = "Which terminal? There are:",
	[WORD_IMPORT_TWICE] = "This stands in the file twice, before on line:",
	[WORD_IMPORT_NAMELESS] = "Nobody has this code yet, and a new member "
		"needs a name.",
	[WORD_IMPORT_ERASED] = "The member with this code was erased. A code is "
		"never given twice.",
	[WORD_IMPORT_NO_MEMBER] = "No member has this code.",
	[WORD_IMPORT_ZEROS_LOST] = "Excel may have taken the zeros before it "
		"away: there is a member",
	[WORD_IMPORT_OVERLAPS] = "Another subscription of this member holds on "
		"some of these days:",
	[WORD_IMPORT_OVERLAPS_LINE] = "This holds on some days of another "
		"subscription of the same member, on line:",
	[WORD_IMPORT_HELD] = "This number is another member's:",
	[WORD_IMPORT_HELD_THEN] = "Then the number was still another member's; "
		"until when:",

	[WORD_EXPORT_CUT] = "There are more rows than this file may have: "
		"choose fewer days, or a filter.",

	[WORD_TITLE_ACTION] = "Action",
	[WORD_TITLE_ADDRESS] = "Address",
	[WORD_TITLE_AMOUNT] = "Amount",
	[WORD_TITLE_BRANCH] = "Branch",
	[WORD_TITLE_CAME_IN] = "Came in",
	[WORD_TITLE_CLOCK_AHEAD] = "Clock ahead by seconds",
	[WORD_TITLE_CODE] = "Code",
	[WORD_TITLE_COLUMN] = "Column",
	[WORD_TITLE_CORRECTED_BY] = "Corrected by",
	[WORD_TITLE_CORRECTION] = "Correction",
	[WORD_TITLE_COUNTS] = "Counts as",
	[WORD_TITLE_DAY] = "Day",
	[WORD_TITLE_DAYS] = "Days",
	[WORD_TITLE_DUE] = "Due",
	[WORD_TITLE_EMAIL] = "E-mail",
	[WORD_TITLE_ERROR] = "Last error",
	[WORD_TITLE_FIELDS] = "Fields",
	[WORD_TITLE_FIRST] = "First",
	[WORD_TITLE_HEARD] = "Last report",
	[WORD_TITLE_HOURS] = "Hours",
	[WORD_TITLE_HOW_OFTEN] = "How often",
	[WORD_TITLE_JOINED] = "Joined",
	[WORD_TITLE_BIRTH] = "Date of birth",
	[WORD_TITLE_LAST] = "Last",
	[WORD_TITLE_LAST_PUNCH] = "Last punch",
	[WORD_TITLE_LATE] = "Came in late",
	[WORD_TITLE_LINE] = "Line",
	[WORD_TITLE_LOG_COUNT] = "Punches in its log",
	[WORD_TITLE_LOG_ROOM] = "Room in its log",
	[WORD_TITLE_MEMBER] = "Member",
	[WORD_TITLE_MESSAGE] = "Message",
	[WORD_TITLE_METHOD] = "Paid by",
	[WORD_TITLE_NAME] = "Name",
	[WORD_TITLE_NAME_THERE] = "Name at the terminal",
	[WORD_TITLE_NOTE] = "Note",
	[WORD_TITLE_NUMBER] = "Number",
	[WORD_TITLE_ON_SALE] = "On sale",
	[WORD_TITLE_PARKED] = "Parked",
	[WORD_TITLE_PAYMENTS] = "Payments",
	[WORD_TITLE_PHONE] = "Phone",
	[WORD_TITLE_PLAN] = "Plan",
	[WORD_TITLE_PRICE] = "Price",
	[WORD_TITLE_PROBLEM] = "Problem",
	[WORD_TITLE_REASON] = "Reason",
	[WORD_TITLE_RECEIPT] = "Receipt",
	[WORD_TITLE_REFERENCE] = "Reference",
	[WORD_TITLE_RESULT] = "Result",
	[WORD_TITLE_ROLE] = "Role",
	[WORD_TITLE_ROW] = "Which",
	[WORD_TITLE_SENT_BY] = "By",
	[WORD_TITLE_SERIAL] = "Serial",
	[WORD_TITLE_SINCE] = "Since",
	[WORD_TITLE_STAFF] = "Staff",
	[WORD_TITLE_STANDS] = "State",
	[WORD_TITLE_START] = "Punches count from",
	[WORD_TITLE_STATE] = "Membership",
	[WORD_TITLE_TABLE] = "Table",
	[WORD_TITLE_TAKEN_BACK] = "Of it taken back",
	[WORD_TITLE_TAKEN_BY] = "Taken by",
	[WORD_TITLE_TERMINAL] = "Terminal",
	[WORD_TITLE_TIME] = "Time",
	[WORD_TITLE_TIMES] = "Times",
	[WORD_TITLE_UNTIL] = "Until",
	[WORD_TITLE_VALUE] = "Value",
	[WORD_TITLE_VISITS] = "Visits",
	[WORD_TITLE_WAITING] = "Waiting at the bridge",
	[WORD_TITLE_WARNING] = "Warning",
	[WORD_TITLE_WHEN] = "When",
	[WORD_TITLE_WHO] = "Who",

	[WORD_CELL_ACTIVE] = "Active",
	[WORD_CELL_ALL_BRANCHES] = "all",
	[WORD_CELL_ALLOWED] = "Allowed",
	[WORD_CELL_BANK] = "Bank transfer",
	[WORD_CELL_BY_STAFF] = "By staff",
	[WORD_CELL_CARD] = "Card",
	[WORD_CELL_CASH] = "Cash",
	[WORD_CELL_DENIED] = "Denied",
	[WORD_CELL_EXPIRED] = "Expired",
	[WORD_CELL_FROZEN] = "Frozen",
	[WORD_CELL_INACTIVE] = "Inactive",
	[WORD_CELL_NO] = "No",
	[WORD_CELL_NO_SUBSCRIPTION] = "No subscription",
	[WORD_CELL_NOT_COUNTED] = "Not counted",
	[WORD_CELL_NOT_STARTED] = "Not started",
	[WORD_CELL_OWNER] = "Owner",
	[WORD_CELL_REVERSAL] = "Reversal",
	[WORD_CELL_STAFF] = "Staff",
	[WORD_CELL_TAKEN_BACK] = "Taken back",
	[WORD_CELL_TEST] = "Test",
	[WORD_CELL_UPI] = "UPI",
	[WORD_CELL_YES] = "Yes",
};

const char *
words(enum word word)
{
	return sentences[word];
}
