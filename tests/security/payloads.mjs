// payloads.mjs: what is sent to be taken for something else, and how one sees
// that it was

// By what they mean to break; a value is text, or bytes percent-encoded.
export const payloads = {
	text: '"><script>hurt()</script>\'q{{csrf}}q{{{csrf}}}q\' OR 1=1;-- \\' +
	    '%s%n$(hurt)',
	lines: 'x\r\nSet-Cookie: hurt=1\r\n\r\n<3>gymgate-web: hurt\x1b[31m\u009b',
	formula: '=cmd|\'/C calc\'!A0',
	path: '../../../../../../etc/passwd',
	place: '//hurt.example/',
	script: 'javascript:hurt()',
	number: '-99999999999999999999999',
	long: 'x'.repeat(3900),
	nul: { raw: 'a%00b' },
	bytes: { raw: '%ff%fe%c0%af' },
};

const encode = value => value?.raw ?? encodeURIComponent(value);

// Fields as a form or an address has them.
export const encodeFields = fields => Object.entries(fields)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encode(value)}`)
    .join('&');

export const encodeValue = encode;

// What an answer gives away or lets happen; [] when nothing.
export function harm({ status, headers, text }) {
	const wrong = [];
	const names = Object.keys(headers).join();
	if (status >= 500)
		wrong.push(`status ${status}`);
	if (/hurt/.test(names) || /hurt/.test(headers['set-cookie'] ?? ''))
		wrong.push(`a header: ${names}`);
	// only ours, and only to places of ours
	if (headers.location !== undefined &&
	    !/^\/(?![/\\])[\x21-\x7e]*$/.test(headers.location))
		wrong.push(`location: ${headers.location}`);
	if (/html/.test(headers['content-type'] ?? 'html')) {
		if (/<script>hurt/.test(text))
			wrong.push('HTML as it was sent');
		if (/="[^"]*"[^\s>/?][^"<>]*hurt/.test(text))
			wrong.push('out of its quotes');
		if (/\s(?:href|src|action)="\s*(?:javascript:|\/\/hurt)/i.test(text))
			wrong.push('a link that is not ours');
		if (/q[0-9a-f]{64}q/.test(text))
			wrong.push('a template');
	}
	if (/root:x:0/.test(text))
		wrong.push('a file of the machine');
	const leak = text.match(
	    /.{0,40}(?:SQL syntax|MariaDB|mysql_|Duplicate entry).{0,40}/);
	if (leak)
		wrong.push(`words of the database: ${leak[0]}`);
	return wrong;
}
