// seeds.mjs: writes those seeds that are not text
//
//	node tests/fuzz/seeds.mjs
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const dir = fileURLToPath(new URL('seeds', import.meta.url));

function write(name, ...parts) {
	fs.mkdirSync(path.dirname(`${dir}/${name}`), { recursive: true });
	fs.writeFileSync(`${dir}/${name}`, Buffer.concat(parts.map(part =>
	    Array.isArray(part) ? Buffer.from(part) : part)));
}

const u16 = n => [n & 255, n >> 8];
const u32 = n => [...u16(n & 65535), ...u16(n >>> 16)];
const text = (s, size) => Buffer.concat([Buffer.from(s), Buffer.alloc(size)])
    .subarray(0, size);

// Packets as a terminal sends them.
function packet(command, session, reply, data = []) {
	const bytes = Buffer.concat([Buffer.from([...u16(command), 0, 0,
	    ...u16(session), ...u16(reply)]), Buffer.from(data)]);
	let sum = 0;
	for (let i = 0; i < bytes.length; i++) {
		sum += i % 2 ? bytes[i] << 8 : bytes[i];
		sum = (sum & 0xffff) + (sum >> 16);
	}
	bytes.writeUInt16LE(~sum & 0xffff, 2);
	return Buffer.concat([Buffer.from([0x50, 0x50, 0x82, 0x7d,
	    ...u32(bytes.length)]), bytes]);
}

const MORNING = 0x31e1fc68;	// 2026-01-15 06:30:00
const record40 = (uid, user) => Buffer.concat([Buffer.from(u16(uid)),
    text(user, 24), Buffer.from([1, ...u32(MORNING), 0]), Buffer.alloc(8)]);
const record16 = user => Buffer.from([...u32(user), ...u32(MORNING), 1, 15,
    ...Array(6).fill(0)]);
const record8 = uid => Buffer.from([...u16(uid), 1, ...u32(MORNING), 0]);
const user72 = (uid, id) => Buffer.concat([Buffer.from([...u16(uid), 14]),
    text('pass', 8), text('Asha Rao', 24), Buffer.from(u32(0)),
    Buffer.alloc(9), text(id, 24)]);
const user28 = (uid, id) => Buffer.concat([Buffer.from([...u16(uid), 0]),
    text('', 5), text('Asha', 8), Buffer.from(u32(0)), Buffer.alloc(4),
    Buffer.from(u32(id))]);
const sizes = Buffer.alloc(92);
[[16, 42], [32, 1000], [64, 200000], [72, 199000]].forEach(([at, n]) =>
    sizes.writeUInt32LE(n, at));

write('zk_packet/connected', packet(2000, 4242, 0));
write('zk_packet/option', packet(2000, 4242, 1,
    [...Buffer.from('~SerialNumber=CRT5200-SN001\0')]));
write('zk_packet/sizes-then-time', packet(2000, 4242, 2, [...sizes]),
    packet(2000, 4242, 3, u32(MORNING)));
write('zk_packet/event', packet(500, 1, 0, [...text('42', 24), 1, 0,
    26, 1, 15, 6, 30, 0]));
write('zk_packet/too-long', [0x50, 0x50, 0x82, 0x7d, 255, 255, 255, 255]);
write('zk_packet/cut', packet(2000, 1, 1).subarray(0, 13));

write('zk_record/log-40', [0, 2], record40(1, '1007'), record40(2, '42'));
write('zk_record/log-16', [0, 2], record16(1007), record16(42));
write('zk_record/log-8', [0, 2], record8(7), record8(8));
write('zk_record/users-72', [1, 2], user72(1, '1007'), user72(2, '42'));
write('zk_record/users-28', [1, 0], user28(1, 1007), user28(2, 42));
write('zk_record/event-10', [2, ...u16(7), 1, 0, 26, 1, 15, 6, 30, 0]);
write('zk_record/event-12', [2, ...u32(42), 1, 0, 26, 1, 15, 6, 30, 0]);
write('zk_record/event-32', [2], text('42', 24),
    [1, 0x80, 26, 1, 15, 6, 30, 0]);

// Answers as fuzz_zk_session.c takes them: number, command, length, data.
const OK = 0, DATA = 1, PREPARE = 2, UNKNOWN = 4, EVENT = 5;
const said = (number, command, data = []) => Buffer.concat([
    Buffer.from([number, command, ...u16(data.length)]), Buffer.from(data)]);
const table = (...records) => {
	const all = Buffer.concat(records);
	return Buffer.concat([Buffer.from(u32(all.length)), all]);
};
const log = table(record40(1, '1007'), record40(2, '42'));
const users = table(user72(1, '1007'), user72(2, '42'));

write('zk_session/log-inline', [0, 2], said(1, OK), said(2, DATA, log),
    said(3, OK));
write('zk_session/log-pieces', [0, 2], said(1, OK),
    said(2, OK, [0, ...u32(log.length)]), said(3, PREPARE, u32(log.length)),
    said(3, DATA, log.subarray(0, 50)), said(3, DATA, log.subarray(50)),
    said(3, OK), said(4, OK));
write('zk_session/log-direct', [0, 2], said(1, OK), said(2, UNKNOWN),
    said(3, PREPARE, u32(log.length)), said(0, EVENT, [...text('42', 24), 1, 0,
    26, 1, 15, 6, 30, 0]), said(3, DATA, log), said(3, OK), said(4, OK));
write('zk_session/log-empty', [0, 0], said(1, OK), said(2, OK), said(3, OK));
write('zk_session/log-tail', [2 | 3 << 2, 64], said(1, OK),
    said(2, OK, [0, ...u32(163844)]), said(3, DATA, log), said(4, OK));
write('zk_session/users-inline', [1, 2], said(1, OK), said(2, DATA, users),
    said(3, OK));
write('zk_session/users-none', [1, 0], said(1, OK), said(2, OK), said(3, OK));
write('zk_session/users-damaged', [1, 2], said(1, OK),
    said(0x82, DATA, users));


// Over UDP (0x80); the index of a chunk is the high half of its command.
const chunk = (number, index, data) => said(number, DATA | index << 4, data);
const pieces = [said(1, OK), said(2, OK, [0, ...u32(log.length)])];
write('zk_session/udp-pieces', [0x80, 2], ...pieces,
    said(3, PREPARE, u32(log.length)), chunk(3, 1, log.subarray(50)),
    chunk(3, 0, log.subarray(0, 50)), said(3, OK), said(4, OK));
write('zk_session/udp-lost', [0x80, 2], ...pieces,
    said(3, PREPARE, u32(log.length)), chunk(3, 0, log.subarray(0, 50)),
    chunk(3, 0, log.subarray(0, 50)), said(3, OK),
    said(4, PREPARE, u32(log.length)), chunk(4, 0, log.subarray(0, 50)),
    chunk(4, 1, log.subarray(50)), said(4, OK), said(5, OK));
write('zk_session/udp-direct', [0x80, 2], said(1, OK), said(2, UNKNOWN),
    said(3, PREPARE, u32(log.length)), chunk(3, 0, log.subarray(0, 50)),
    chunk(3, 2, log.subarray(60)), said(4, PREPARE, u32(log.length)),
    chunk(4, 0, log.subarray(0, 50)), chunk(4, 1, log.subarray(50)),
    said(5, OK));
write('zk_session/udp-users', [0x81, 2], said(1, OK), said(0x82, DATA, users),
    said(2, DATA, users), said(3, OK));
write('zk_session/log-unauth', [0, 2], said(1, 6), said(2, OK), said(3, OK),
    said(4, DATA, log), said(5, OK));
write('zk_session/log-unknown', [0, 2], said(1, OK), said(2, DATA,
    table(Buffer.from('\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b'))),
    said(3, OK));
write('zk_session/log-odd', [0, 2], said(1, OK), said(2, DATA,
    table(record40(1, '1007'), record40(2, '42'), Buffer.alloc(7))),
    said(3, OK));

const judged = (name, n, status, body) => write(`post_judge/${name}`,
    [n - 1, status], Buffer.from(body));
judged('stored', 2, 0, '{"status":true,"results":[{"status":true,"access":' +
    '"ALLOWED","code":200},{"status":false,"message":"Biometric user not ' +
    'mapped","code":404}]}');
judged('parked', 1, 0, '{"status":true,"results":[{"status":false,"message":' +
    '"user_id is too long","field":"user_id","code":422}]}');
judged('away', 1, 5, '{"status":false,"message":"Not available"}');
judged('too-large', 8, 4, '{"status":false,"message":"Too large"}');
judged('portal', 1, 0x80, '<!DOCTYPE html><title>Free Wi-Fi</title>');
judged('broken-off', 1, 0, '{"status":true,"results":[{"status":tr');
judged('not-objects', 3, 0, '{"status":true,"results":[null,7,"x"]}');

// A line of content type, then the body; lines of it end with CR LF.
const posted = (name, type, ...lines) => write(`multipart/${name}`,
    Buffer.from(`multipart/form-data; ${type}\n${lines.join('\r\n')}`,
    'latin1'));
const disposition = 'Content-Disposition: form-data; name=';
const webkit = '----WebKitFormBoundaryA1';
posted('browser', `boundary=${webkit}`, `--${webkit}`, `${disposition}"csrf"`,
    '', '0123abcd', `--${webkit}`, `${disposition}"photo"; filename="I 1.jpg"`,
    'Content-Type: image/jpeg', '', '\xff\xd8\xff\xe1', `--${webkit}--`, '');
posted('not-chosen', 'boundary="x"', '--x', `${disposition}"f"; filename=""`,
    'Content-Type: application/octet-stream', '', '', '--x--');
posted('cut', 'boundary=x', '--x', `${disposition}"a"`, '', '1');
posted('odd', 'charset="u;8" ; boundary=x', '--x', 'X: y',
    'content-disposition:form-data;name=a;filename*=b', '', '', '--y', '--x',
    '', '', '--x--');

// Images of a few pixels: only what stands around them is read.
const be16 = n => [n >> 8, n & 255];
const segment = (code, ...data) => [0xff, code, ...be16(data.length + 2),
    ...data];
const frame = (width, height) => segment(0xc0, 8, ...be16(height),
    ...be16(width), 1, 1, 0x11, 0);
const exif = turn => segment(0xe1, ...Buffer.from('Exif\0\0II*\0'), ...u32(8),
    ...u16(1), ...u16(0x112), ...u16(3), ...u32(1), ...u32(turn), ...u32(0));
const scan = [...segment(0xda, 1, 1, 0, 0, 63, 0), 1, 2, 0xff, 0, 3, 0xff, 0xd0,
    4];
const jpeg = (name, ...parts) => write(`photo_head/${name}`, [0xff, 0xd8],
    ...parts, [0xff, 0xd9]);
const chunk4 = (type, data) => Buffer.concat([Buffer.from([0, 0,
    ...be16(data.length)]), Buffer.from(type), Buffer.from(data),
    Buffer.from('sum.')]);
const png = (name, width, ...chunks) => write(`photo_head/${name}`,
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk4('IHDR', [0, 0,
    ...be16(width), 0, 0, 0, 9, 8, 2, 0, 0, 0]), ...chunks,
    chunk4('IEND', []));
jpeg('jpeg', segment(0xe0, ...Buffer.from('JFIF\0')), exif(6),
    segment(0xfe, ...Buffer.from('hello')), frame(16, 9), scan, scan);
jpeg('jpeg-odd', [0xff, 0xff], exif(9), frame(16, 9), [0xff], scan);
jpeg('jpeg-huge', frame(30000, 30000), scan);
jpeg('jpeg-unusual', segment(0xc9, 8), frame(16, 9), scan);
png('png', 16, chunk4('tEXt', Buffer.from('a\0b')), chunk4('IDAT', [1, 2]));
png('png-huge', 30000, chunk4('IDAT', [1]));

// Tables as Excel writes them.
const sheet = 'Code,Name,Joined\r\nSF-1,"Zoë ""Z""\nMüller",31-12-2026\r\n\r\n' +
    'SF-2,=A1,5-Apr-26 6:30 pm\r\n';
write('csv/utf-8', Buffer.from(`\ufeff${sheet}`));
write('csv/unicode-text', Buffer.from(`\ufeff${sheet.replaceAll(',', '\t')}`,
    'utf16le'));
write('csv/big-end', Buffer.from(`\ufeff${sheet}`, 'utf16le').swap16());
write('csv/ansi', Buffer.from(sheet.replaceAll(',', ';'), 'latin1'));
write('csv/sep', Buffer.from(`sep=;\n${sheet.replaceAll(',', ';')}`));
write('csv/damaged', Buffer.from('a,b\n####,9.87654E+09\n"open,#N/A\0\x07\n'));
write('csv/workbook', Buffer.from('PK\x03\x04'));

// The same as tables of an import: the kind, then the file.
const imported = (name, kind, ...lines) => write(`import/${name}`, [kind],
    Buffer.from(`${lines.join('\r\n')}\r\n`));
imported('members', 0,
    'Member ID,Full name,Mobile,E-mail,Joining date,DOB,Club,Remarks',
    'SF-001,Asha Rao,98765 43210,asha@example.org,15-04-2025,23-08-1994,' +
    'north,"Knee injury,\n2024"', "SF-002,Zoë,'+919876543211,,1/2/26,,South,");
imported('members-bad', 0, 'Code,Phone,Joined,Branch,Code', 'SF 1,12,#####,' +
    'West,x', ',9.87E+09,46023,,', 'A,#REF!,03-25-2026');
imported('members-none', 0, 'Name', 'Asha');
imported('subscriptions', 1, 'Code,Package,Start date,Valid till,Balance',
    'SF-001,Monthly,01-04-2026,30-04-2026,Rs 500', 'SF-002,yearly,1 Apr 2026,,',
    'SF-003,Ten,1-4-26,31-3-26,-5', 'SF-004,Weekly,1-4-26,,');
imported('mappings', 2, 'Member no;Biometric ID;Device;Mapped on',
    'SF-001;42;front;15-04-2025 6:30 pm', 'SF-002;0043;crt5200-sn001;',
    'SF-003;4 3;Back;15-04-2025 25:00');

// Kind and value of a lever, width, record, and a note of what was before.
const lever = (name, kind, value, user, note) => write(`lever/${name}`,
    [kind, value, user.length === 72 ? 1 : 0], user, Buffer.from(note));
lever('disable-72', 0, 0, user72(1, '1007'), '');
lever('group-72', 1, 99, user72(1, '1007'), 'g72,1,0,0,0,0');
lever('zone-72', 2, 50, user72(1, '1007'), 'z72,1,0,0,0,0');
lever('group-28', 1, 100, user28(1, 1007), 'g28,1,0');
lever('zone-28', 2, 16, user28(1, 1007), 'z28,1,65535');
lever('zone-28-none', 2, 17, user28(1, 1007), 'z28,1');

// Code page, room, and a name in it.
const named = (name, charset, room, bytes) => write(`names/${name}`,
    [charset, room], Buffer.from(bytes, 'latin1'));
named('utf-8', 0, 63, 'Ash\xc3\xa1 \xe0\xa4\x86');
named('cut', 0, 4, 'Zo\xc3\xab \xf0\x9f\x92\xaa');
named('cp1252', 1, 63, 'Zo\xeb \x80\x81');
named('gb18030', 2, 63, '\xd5\xc5\xce\xb0\x81\x30\x81');
named('sjis', 4, 63, '\x83A\x83\\');
named('utf-7', 6, 63, '+AOkA6Q- [fe80::1]:4370');
named('host', 0, 63, '192.168.1.201:4370');

// Damage to a spool: where (three bytes), and what is added to it; 255 cuts.
const damage = (at, add) => [...u16(at & 65535), at >> 16, add];
const damaged = (name, ...where) => write(`spool/${name}`,
    where.flatMap(([at, add]) => damage(at, add)));
damaged('no-magic', [0, 1]);
damaged('later-version', [60, 1]);
damaged('free-list', [35, 9], [39, 3]);
damaged('cut', [20000, 255]);
damaged('page-heads', ...Array.from({ length: 20 }, (_, n) => [4096 * n, 7]));
damaged('cell-counts', ...Array.from({ length: 20 }, (_, n) =>
    [4096 * (n + 1) + 4, 200]));
damaged('ends-of-pages', ...Array.from({ length: 20 }, (_, n) =>
    [4096 * (n + 1) - 40, 33]));

// Flags (1 sink, 2 once, 4 mail, 8 stops early), then what is answered.
const answered = (name, flags, ...lines) => write(`fetch/${name}`, [flags],
    Buffer.from(lines.join('\r\n'), 'latin1'));
const stream = 'Content-Type: Text/Event-Stream; charset=utf-8';
answered('json', 0, 'HTTP/1.1 200 OK', 'Content-Type: application/json',
    'ETag: "1-2"', 'Content-Length: 2', '', '{}');
answered('busy', 2, 'HTTP/1.1 503 x', 'Retry-After: 120', '', 'later');
answered('retry-date', 0, 'HTTP/1.0 429 x',
    'Retry-After: Fri, 31 Dec 9999 23:59:59 GMT', '', '');
answered('too-long', 0, 'HTTP/1.1 200 OK', 'Content-Length: 99999', '',
    'x'.repeat(1100));
answered('chunked', 1, 'HTTP/1.1 200 OK', stream, 'Transfer-Encoding: chunked',
    '', '5', 'data:', '1', '\n', '0', '', '');
answered('stopped', 9, 'HTTP/1.1 200 OK', stream, '', 'data: x\n\n');
answered('redirect', 1, 'HTTP/1.1 302 x', 'Location: http://192.0.2.1/', '', '');
answered('continue', 0, 'HTTP/1.1 100 Continue', '', 'HTTP/1.1 204 x', '', '');
answered('odd', 0, 'HTTP/2 007', 'etag:', 'Content-Type: \xff', '', '');
answered('mail', 4, '220 mx', '250 mx', '250 ok', '250 ok', '354 go', '250 ok',
    '221 bye', '');
answered('mail-no-address', 4, '220 mx', '250-mx', '250 8BITMIME', '250 ok',
    '550 5.1.1 no such\x07 person', '221 bye', '');
answered('mail-policy', 4, '220 mx', '250 mx', '250 ok',
    '550 5.7.1 not from you', '');
answered('mail-later', 4, '421 4.3.2 busy', '');

// All that a terminal is asked and told, in the order of fuzz_zk_session.c.
const told = (n, text) => said(n, OK, [...Buffer.from(`${text}\0`)]);
const identity = [told(1, '~SerialNumber=CRT5200-SN001'),
    told(2, 'Ver 6.60 Apr 28 2017'), told(3, '~Platform=ZLM60_TFT'),
    said(4, OK, [...sizes]), said(5, OK, u32(MORNING))];
write('zk_session/asked', [64, 0], ...identity, ...[6, 7, 8, 9, 10, 11, 12,
    13].map(n => said(n, OK)));
write('zk_session/asked-refuses', [64, 0], ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    11].map(n => said(n, n % 2 ? UNKNOWN : 3)));
write('zk_session/asked-forgets', [64, 0], ...identity.slice(0, 2),
    said(3, 6), said(4, OK), told(5, '~Platform=x'), said(6, 6), said(7, 6));
write('zk_session/asked-udp', [192, 0], ...identity, said(0, EVENT, [
    ...text('42', 24), 1, 0, 26, 1, 15, 6, 30, 0]), ...[6, 7, 8, 9, 10, 11,
    12].map(n => said(n, OK)));

// CSV or XLSX (the first bit), then a text of a cell.
const celled = (name, bytes) => [0, 1].forEach(n =>
    write(`sheet/${name}-${n ? 'xlsx' : 'csv'}`, [n], Buffer.from(bytes)));
celled('formula', '=HYPERLINK("http://x"&A1)');
celled('blanks', "  \t+91 98765\n'=1");
celled('wide', '\uff1dA1;"x"\ufffd');
celled('controls', 'a\x01\r\nb\x7f');
