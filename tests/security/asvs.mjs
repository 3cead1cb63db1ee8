// asvs.mjs: what OWASP's Application Security Verification Standard 5.0 asks for,
// and the test that shows it
//
// Each line: the item, what of it, the file of tests/, and the title of a test in
// it.  asvs.test.mjs holds both together.  An item may have several lines.
const lines = [
	// ---- encoding and injection -------------------------------------------
	['1.2.1', 'what is stored is drawn as text on every page',
	    'security/injection', '1.2.1 what stands in the database, wherever, ' +
	    'is text on every page'],
	['1.2.1', 'so is what is typed into any field',
	    'security/injection', '1.2.1 every field of every form keeps what is ' +
	    'typed as text, or refuses it'],
	['1.2.1', 'so is what stands in an address',
	    'security/injection', '1.2.1 every part of an address keeps to what ' +
	    'it is'],
	['1.2.1', 'so is what comes live', 'security/injection',
	    '1.2.1 a live stream has names as text, and no event that they make'],
	['1.2.4', 'values are bound: SQL in a field is text',
	    'web/api-refusals',
	    'SQL in a field is a value that is refused or kept as text'],
	['1.2.4', 'no statement is put together by a program',
	    'web/sql', 'texts are bound, listed by name, and bounded'],
	['1.2.10', 'a CSV has no formula, whoever wrote a text',
	    'security/injection', '1.2.10 no cell of any list is a formula'],
	['1.2.10', 'nor has an Excel file, and all comes back', 'web/export',
	    'members come back as they are kept, whatever they are called'],

	// ---- order and number of things ---------------------------------------
	['2.3.3', 'a batch is stored whole or not', 'web/trouble',
	    'a database that dies amid batches leaves none half, none twice'],
	['2.3.3', 'an import is done whole or not', 'web/import',
	    'a worker that is killed in the middle has written nothing'],
	['2.3.4', 'no visit of a pack is used twice', 'web/rules',
	    'a visit of a pack is a day, never below zero'],
	['2.3.4', 'no receipt has the number of another', 'web/renewals',
	    'a hundred at once, some refused: numbers without a gap'],
	['2.4.1', 'sign-ins and codes are slowed down', 'stack/nginx',
	    'a flood of sign-ins is slowed down, the page is not'],
	['2.4.1', 'heads and bodies have a longest', 'security/smuggling',
	    '2.4.1 what is too much is refused, and not handed on'],
	['2.4.1', 'and a time', 'security/smuggling',
	    '2.4.1 who sends slowly holds nobody up, and is let go'],

	// ---- what a browser may do --------------------------------------------
	['3.3.1', 'cookies are Secure, with the prefix __Host-', 'web/sign-in',
	    'over HTTPS, and from elsewhere, the cookie is __Host- and Secure'],
	['3.3.1', 'so it is behind nginx', 'stack/tls',
	    '3.3.1 the cookie is Secure, and of this host alone'],
	['3.3.1', 'so is that of a display', 'security/sessions',
	    '3.3.1 the cookie of a display is guarded like that of a person'],
	['3.3.2', 'no other site sends it with a form', 'web/sign-in',
	    'the cookie is for this site and no script; its secret is not stored'],
	['3.3.3', 'nobody beside us can set it', 'web/sign-in',
	    'over HTTPS, and from elsewhere, the cookie is __Host- and Secure'],
	['3.3.4', 'no script reads it', 'web/sign-in',
	    'the cookie is for this site and no script; its secret is not stored'],
	['3.4.1', 'HSTS on every answer over TLS', 'stack/tls',
	    '3.4.1 every answer over TLS says that https it stays'],
	['3.4.3', 'CSP on all there is, without unsafe-inline',
	    'security/routes', '3.4.3 every route and every refusal says what a ' +
	    'browser may do: CSP, nosniff, no frames'],
	['3.4.3', 'what nginx draws by itself has the same', 'stack/tls',
	    '3.4.3 all that a browser might draw has the same strict policy'],
	['3.4.4', 'nosniff on what the programs answer', 'security/routes',
	    '3.4.3 every route and every refusal says what a browser may do: ' +
	    'CSP, nosniff, no frames'],
	['3.4.4', 'nosniff on what nginx answers', 'security/routes',
	    '3.4.4 static files say their type, and that no other is to be ' +
	    'guessed'],
	['3.4.6', 'no page stands in a frame', 'security/routes',
	    '3.4.3 every route and every refusal says what a browser may do: ' +
	    'CSP, nosniff, no frames'],
	['3.5.1', 'a form is of this site and this session', 'security/routes',
	    '3.5.1 no form of another site, or without its token, does anything'],
	['3.5.1', 'nor is it a simple request of another kind',
	    'security/routes', '3.5.1 what a form is answered needs the kind of ' +
	    'a form'],
	['3.5.3', 'reading changes nothing', 'security/routes',
	    '3.5.3 no GET changes anything, whoever asks'],

	// ---- requests ---------------------------------------------------------
	['4.1.3', 'a header does not say who asks', 'security/smuggling',
	    '4.1.3 no header says who somebody is: the connection does'],
	['4.1.3', 'nor what a worker is told', 'stack/nginx',
	    'a worker is told all it needs, and nothing that poses'],
	['4.2.1', 'a request has one length', 'security/smuggling',
	    '4.2.1 of two lengths, or a length and chunks, none is believed'],
	['4.2.1', 'and one way to be read', 'security/smuggling',
	    '4.2.1 lines end one way: what is folded, split or bare is refused ' +
	    'or one header'],
	['4.2.1', 'nothing hides in a body', 'security/smuggling',
	    '4.2.1 a body is a body, whatever it looks like'],

	// ---- files ------------------------------------------------------------
	['5.2.1', 'a picture has a largest, also unpacked', 'web/photos',
	    'what is refused is told at the field'],
	['5.2.1', 'and what it takes of a worker a bound', 'web/photos',
	    '12 MP, again and again: in time, and no worker grows'],
	['5.2.2', 'a picture is drawn anew: nothing else comes through',
	    'web/photos', 'turned as the camera says, and nothing else of it is ' +
	    'kept'],
	['5.2.2', 'a list that is none is refused', 'web/import',
	    'a file that is none is refused at once'],
	['5.3.2', 'what its sender calls a file is no place',
	    'security/injection', '5.3.2 the name of a file that is sent is a ' +
	    'text, never a place'],

	// ---- who somebody is --------------------------------------------------
	['6.2.1', 'a password is long enough', 'security/sessions',
	    '6.2.1 a password of under ten characters is refused, wherever it ' +
	    'is set'],
	['6.2.4', 'and not what is tried first', 'security/sessions',
	    '6.2.4 nor may it be among those that are tried first, or one\'s own ' +
	    'name'],
	['6.3.1', 'whoever guesses at an account waits', 'web/sign-in',
	    'after wrong passwords each try waits longer, the right one, too'],
	['6.3.1', 'so does whoever guesses from an address', 'web/sign-in',
	    'an address that tries many accounts is slowed down, too'],
	['6.3.1', 'also at the same time', 'security/sessions',
	    '6.3.1 many tries at the same time are no more than one after the ' +
	    'other'],
	['6.3.1', 'without locking out whose account it is',
	    'security/sessions', '6.3.1 whoever guesses without pause does not ' +
	    'lock the owner out'],
	['6.3.1', 'nor where its owner comes from a new address',
	    'security/sessions', '6.3.1 nor where the address is new, in a ' +
	    'browser they signed in with'],
	['6.3.1', 'the browser is remembered by a hash, for nothing else',
	    'security/sessions', '6.3.1 a browser is remembered for 30 days, ' +
	    'by a hash, and gives no rights'],
	['6.3.1', 'a network of IPv6 is one address', 'security/sessions',
	    '6.3.1 the 2^64 addresses of one IPv6 network count as one'],
	['6.3.1', 'to nginx, too', 'stack/nginx',
	    'a network of IPv6 is limited as one address, IPv4 by each'],
	['6.3.1', 'at an open browser, too', 'web/account',
	    'the old one cannot be guessed at leisure'],
	['6.3.1', 'nor is a display\'s code guessed', 'web/displays',
	    'whoever guesses waits longer from try to try'],
	['6.3.2', 'nobody is there who was not added', 'security/sessions',
	    '6.3.2 a new database lets nobody in: no user, no token, no display'],
	['6.3.8', 'who has an account is not told', 'web/sign-in',
	    'an unknown address gets the same words after the same while'],
	['6.3.8', 'nor who had one', 'security/sessions',
	    '6.3.8 a closed account, and one without a gym, answer as none does'],

	// ---- sessions ---------------------------------------------------------
	['7.2.1', 'they are looked up with us, at each request', 'web/sign-in',
	    'whoever is not signed in is led to the form'],
	['7.2.2', 'they are made, not what somebody sent', 'web/sign-in',
	    'the cookie is for this site and no script; its secret is not stored'],
	['7.2.3', 'they cannot be guessed', 'security/sessions',
	    '7.2.3 a session is 256 random bits, another one at each sign-in'],
	['7.2.4', 'signing in begins another', 'security/sessions',
	    '7.2.4 nobody\'s session is taken over, and signing in again ends ' +
	    'the one before'],
	['7.3.1', 'they end when they are not used', 'web/sign-in',
	    'a session ends after 7 idle days, and after 30 whatever happens'],
	['7.3.2', 'and in any case', 'web/sign-in',
	    'a session ends after 7 idle days, and after 30 whatever happens'],
	['7.4.1', 'signing out ends them', 'web/sign-in',
	    'signing out ends the session itself, not only the cookie'],
	['7.4.2', 'so does the end of an account', 'web/sign-in',
	    'a new password, or a closed account, ends what was signed in'],
	['7.4.3', 'another password ends all others', 'web/account',
	    'a new password ends every other session'],

	// ---- who may see and change what --------------------------------------
	['8.2.2', 'an id is looked for among one\'s own', 'security/routes',
	    '8.2.2 an id of another gym answers as one that is nobody\'s'],
	['8.2.2', 'also of another branch', 'web/isolation',
	    'a branch does not find what is another branch\'s'],
	['8.2.2', 'what is the owner\'s is not the staff\'s', 'web/isolation',
	    'staff are refused on the owner\'s routes'],
	['8.3.2', 'a change of role holds at once', 'web/users',
	    'a change of role holds at the next click'],
	['8.3.2', 'so does its loss', 'web/sign-in',
	    'whoever has lost their role is out at once and cannot come back'],
	['8.4.1', 'no route shows another gym', 'web/isolation',
	    'ids of another company are nowhere to be found'],
	['8.4.1', 'nor takes an id of one in a form', 'web/isolation',
	    'ids of another company in a form or an address have no effect'],
	['8.4.1', 'a token is of one gym', 'web/isolation',
	    'a token is of its own company alone'],
	['8.4.1', 'a live stream is, too', 'faults/crowd',
	    'every viewer gets every row of its gym, and no other'],

	// ---- keys and lines ---------------------------------------------------
	['11.4.2', 'passwords are hashed to be slow', 'security/sessions',
	    '11.4.2 passwords are kept by argon2id, at no less than OWASP\'s ' +
	    'cost'],
	['12.2.1', 'TLS 1.2 and 1.3', 'stack/tls',
	    '12.2.1 TLS 1.2 and 1.3 are spoken, and nothing older'],
	['12.2.1', 'plain http takes nothing', 'stack/tls',
	    '12.2.1 plain http leads people to https, and takes nothing'],
	['13.2.1', 'a bridge shows its token', 'web/api-refusals',
	    'without a token, or with one that is none, a token is asked for'],
	['13.2.1', 'and it opens what is its own', 'web/api-refusals',
	    'a wrong, a revoked and another company\'s digits open nothing'],
	['13.3.1', 'a token is shown once, its hash is kept', 'web/admin',
	    'a token is shown once; only its hash is kept'],
	['13.3.1', 'what holds a secret is for one account', 'stack/private',
	    '13.3.1 what holds a secret, members or punches is for one account'],
	['13.3.1', 'what is installed holds none', 'stack/install',
	    '13.3.1 what all may read holds no secret, but where one belongs'],
	['13.3.1', 'a file that all may read is warned of', 'bridge/service',
	    'a secret that everybody may read is warned of'],
	['14.2.1', 'no secret is in an address', 'security/routes',
	    '14.2.1 no address has a secret in it, nor is one taken from there'],
	['14.2.7', 'what is no longer needed goes, in its time',
	    'web/retention', '14.2.7 what has had its time goes, and not a ' +
	    'minute before'],
	['14.2.7', 'what the gym and the law need stays', 'web/retention',
	    '14.2.7 what the gym and the law need stays, however old: and who ' +
	    'was erased stays erased'],
	['14.3.2', 'no page with data is kept by a cache', 'security/routes',
	    '14.3.2 what nobody may keep is said to be: pages, files, pictures'],
	['15.4.2', 'a form that makes something makes it once',
	    'security/once', '15.4.2 every form that makes something, sent at ' +
	    'once many times, makes it once'],
	['15.4.2', 'a punch is stored once', 'web/api-races',
	    '64 posts of the same punch at once leave one row'],

	// ---- logs, and what fails ---------------------------------------------
	['16.2.2', 'when it was', 'security/sessions',
	    '16.2.2 logs say when, in a time that needs no guess'],
	['16.2.5', 'no secret is in a log', 'security/routes',
	    '16.2.5 after all of this no log holds a password, token or session'],
	['16.2.5', 'nor after odd requests', 'security/injection',
	    '16.2.5 what was sent in all those fields left no secret in a log'],
	['16.2.5', 'nor after odd sign-ins', 'security/sessions',
	    '16.2.5 nor does any log hold a password, a code or who tried'],
	['16.2.5', 'nginx logs no query, token or cookie', 'stack/nginx',
	    'the log has no query, no token and no cookie'],
	['16.3.1', 'who signed in', 'web/sign-in',
	    'sign-ins are audited; no log holds a password or a session'],
	['16.3.2', 'what was refused to whom', 'security/sessions',
	    '16.3.2 what is refused to somebody is logged, with who it was'],
	['16.3.3', 'what tried to get past a form\'s token', 'security/sessions',
	    '16.3.2 what is refused to somebody is logged, with who it was'],
	['16.3.3', 'what was changed by whom', 'web/settings',
	    'the audit says who changed what, newest first'],
	['16.4.1', 'no value makes or ends a line of a log',
	    'security/injection', '16.4.1 whatever is sent, a log line is a ' +
	    'line, and nobody forges one'],
	['16.4.2', 'what was told cannot be changed', 'web/admin',
	    'the programs\' account cannot change tables, nor what is history'],
	['16.5.2', 'without its parts it says so, and comes back',
	    'web/trouble', 'with the database away all say 503; back, all go on ' +
	    'by themselves'],
	['16.5.2', 'without workers, too', 'stack/nginx',
	    'without workers a person gets a page, also for a form'],
	['16.5.3', 'whoever cannot be looked up is nobody', 'web/trouble',
	    'with the database away all say 503; back, all go on by themselves'],
	['16.5.3', 'nor does a stream open to them', 'web/events',
	    'without a database streams stay open, and none is opened'],
	['16.5.3', 'a service that cannot be trusted gets nothing',
	    'web/remind-tls', 'a service that cannot be trusted gets nothing; ' +
	    'one that can, gets it'],
];

export const asvs = lines.map(([item, what, where, test]) =>
    ({ item, what, where, test }));
