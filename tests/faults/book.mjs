// book.mjs: what a test made happen, kept by itself, against what the server has
//
// Neither what terminals hold nor what anybody says counts.  A punch is a line:
// 'SERIAL USER 2026-03-12 07:30:00'.  A million of them fit.
import assert from 'node:assert/strict';

const ROWS_A_TIME = 100000;
const TOLD_MOST = 5;	// of each kind of mistake

export class Book {
	constructor() {
		this.members = new Map();	// line: 'CODE 2026-03-12 07:30'
		this.verdicts = new Map();	// that minute: see punch()
		this.inbox = new Map();		// line: state
		this.maybe = new Set();		// lines that may be missing
		this.waiting = new Set();	// lines that may wait at first
		this.places = new Map();	// serial: { company, branch }
	}

	get size() { return this.members.size + this.inbox.size; }

	has(line) { return this.members.has(line) || this.inbox.has(line); }

	// The terminal `sn` stands in this branch of this company.
	terminal(sn, company, branch) {
		this.places.set(sn, { company, branch });
	}

	// A member's punch; `minute` is the member's code and the minute.  The
	// verdict is a text, 'DENIED Expired', or knows by fits(row) if what
	// was stored is right.
	punch(line, minute, verdict) {
		this.members.set(line, minute);
		this.verdicts.set(minute, verdict);
	}

	// One that is nobody's attendance: UNMAPPED, CLOCK.
	odd(line, state) {
		this.inbox.set(line, state);
	}

	// This punch of a member may come before its number is the member's.
	waits(line) { this.waiting.add(line); }

	// Who sent this line has given up before anybody answered.
	givesUp(line) { this.maybe.add(line); }

	// The server has what is written here, and nothing else: of each
	// member and minute one attendance, judged rightly; all others lie in
	// the inbox.  Which of a minute's punches is the attendance is open.
	async agrees(stack) {
		const wrong = new Wrong();
		const taken = new Map();	// minute: its line
		const waits = new Set();	// lines in the inbox

		for (const sn of this.places.keys()) {
			await each(stack, attendances(sn), row =>
			    this.isTaken(row, taken, wrong));
		}
		for (const sn of this.places.keys()) {
			await each(stack, inbox(sn), row =>
			    this.isHeld(row, taken, waits, wrong));
		}
		for (const [line, minute] of this.members) {
			if (!taken.has(minute) && !this.maybe.has(line))
				wrong.add('minutes without attendance', line);
			else if (taken.get(minute) !== line &&
			    !waits.has(line) && !this.maybe.has(line))
				wrong.add('missing', line);
		}
		for (const line of this.inbox.keys())
			if (!waits.has(line) && !this.maybe.has(line))
				wrong.add('missing in the inbox', line);
		wrong.none();
	}

	isTaken(row, taken, wrong) {
		const { punch, minute } = row;
		const verdict = this.verdicts.get(minute);

		this.isAtHome(row, wrong);
		if (this.members.get(punch) !== minute)
			wrong.add('never punched, or another\'s',
			    `${punch} is ${minute}`);
		else if (taken.has(minute))
			wrong.add('attendances of one minute',
			    `${punch}, ${taken.get(minute)}`);
		else if (typeof verdict === 'string' ?
		    row.verdict !== verdict : !verdict.fits(row))
			wrong.add('judged wrongly', `${punch}: ${row.verdict}, ` +
			    `not ${verdict} (${row.id}, ${row.received_at})`);
		taken.set(minute, punch);
	}

	isHeld(row, taken, waits, wrong) {
		const { punch, state } = row;
		const minute = this.members.get(punch);
		const expected = this.inbox.get(punch) ?? (minute &&
		    (taken.get(minute) !== punch ? 'REPEAT' :
		    this.waiting.has(punch) && 'TAKEN'));

		this.isAtHome(row, wrong);
		if (waits.has(punch))
			wrong.add('twice in the inbox', punch);
		else if (state !== expected)
			wrong.add('wrong in the inbox',
			    `${punch}: ${state}, not ${expected}`);
		waits.add(punch);
	}

	isAtHome({ punch, company, branch }, wrong) {
		const home = this.places.get(punch.split(' ')[0]);

		if (company !== home.company || branch !== home.branch)
			wrong.add('of another company or branch',
			    `${punch}: ${company} ${branch}`);
	}
}

// Mistakes: how many of each kind, and the first few.
class Wrong {
	constructor() {
		this.kinds = {};
	}

	add(kind, text) {
		const one = this.kinds[kind] ??= { count: 0, first: [] };
		if (++one.count <= TOLD_MOST)
			one.first.push(text);
	}

	none() {
		assert.deepEqual(this.kinds, {});
	}
}

// Calls `take` with each row, so many at a time.
async function each(stack, select, take) {
	for (let last = 0, rows; rows?.length !== 0;) {
		rows = await stack.sql(select(last));
		rows.forEach(take);
		last = rows.at(-1)?.id;
	}
}

// The time as the terminal had it, unless the last word tells otherwise.
const source = column => `NULLIF(${column}_time_source, 'TERMINAL')`;

const attendances = sn => last => `
    SELECT a.id, CONCAT_WS(' ', att_device_sn, att_device_user_id,
           DATE_FORMAT(att_punch_time, '%Y-%m-%d %H:%i:%s')) AS punch,
           CONCAT(mbr_code, ' ',
           DATE_FORMAT(att_punch_time, '%Y-%m-%d %H:%i')) AS minute,
           CONCAT_WS(' ', att_status, att_reason, ${source('att')}) AS verdict,
           att_compcode AS company, att_branch_id AS branch,
           att_received_at AS received_at
      FROM trn_member_attendances a LEFT JOIN mst_members_lists m
        ON mbr_compcode = att_compcode AND m.id = att_member_id
     WHERE att_device_sn = '${sn}' AND a.id > ${last}
     ORDER BY a.id LIMIT ${ROWS_A_TIME}`;

const inbox = sn => last => `
    SELECT id, CONCAT_WS(' ', pin_device_sn, pin_device_user_id,
           DATE_FORMAT(pin_punch_time, '%Y-%m-%d %H:%i:%s')) AS punch,
           CONCAT_WS(' ', pin_state, ${source('pin')}) AS state,
           pin_compcode AS company, pin_branch_id AS branch
      FROM trn_punch_inbox
     WHERE pin_device_sn = '${sn}' AND id > ${last}
     ORDER BY id LIMIT ${ROWS_A_TIME}`;
