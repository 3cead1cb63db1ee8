// asvs.mjs: what OWASP's Application Security Verification Standard 5.0 asks for,
// and the test that shows it
//
// `where` is a file of tests/, `test` the title of a test in it; asvs.test.mjs
// holds both together.  An item may have several lines.
export const asvs = [
	// ---- encoding and injection -------------------------------------------
	{ item: '1.2.1', what: 'what is stored is drawn as text on every page',
	    where: 'security/injection', test: '1.2.1 what stands in the ' +
	    'database, wherever, is text on every page' },
	{ item: '1.2.1', what: 'so is what is typed into any field',
	    where: 'security/injection', test: '1.2.1 every field of every ' +
	    'form keeps what is typed as text, or refuses it' },
	{ item: '1.2.1', what: 'so is what stands in an address',
	    where: 'security/injection', test: '1.2.1 every part of an ' +
	    'address keeps to what it is' },
	{ item: '1.2.4', what: 'values are bound: SQL in a field is text',
	    where: 'web/api-refusals',
	    test: 'SQL in a field is a value that is refused or kept as text' },
	{ item: '1.2.4', what: 'no statement is put together by a program',
	    where: 'web/sql',
	    test: 'texts are bound, listed by name, and bounded' },
	{ item: '1.2.10', what: 'a CSV has no formula, whoever wrote a text',
	    where: 'security/injection', test: '1.2.10 no cell of any list ' +
	    'is a formula' },
	{ item: '1.2.10', what: 'nor has an Excel file, and all comes back',
	    where: 'web/export', test: 'members come back as they are kept, ' +
	    'whatever they are called' },

	// ---- what a browser may do --------------------------------------------
	{ item: '3.4.3', what: 'CSP on all there is, without unsafe-inline',
	    where: 'security/routes', test: '3.4.3 every route and every ' +
	    'refusal says what a browser may do: CSP, nosniff, no frames' },
	{ item: '3.4.4', what: 'nosniff on what the programs answer',
	    where: 'security/routes', test: '3.4.3 every route and every ' +
	    'refusal says what a browser may do: CSP, nosniff, no frames' },
	{ item: '3.4.4', what: 'nosniff on what nginx answers',
	    where: 'security/routes', test: '3.4.4 static files say their ' +
	    'type, and that no other is to be guessed' },
	{ item: '3.4.6', what: 'no page stands in a frame',
	    where: 'security/routes', test: '3.4.3 every route and every ' +
	    'refusal says what a browser may do: CSP, nosniff, no frames' },
	{ item: '3.5.1', what: 'a form is of this site and this session',
	    where: 'security/routes', test: '3.5.1 no form of another site, ' +
	    'or without its token, does anything' },
	{ item: '3.5.1', what: 'nor is it a simple request of another kind',
	    where: 'security/routes', test: '3.5.1 what a form is answered ' +
	    'needs the kind of a form' },
	{ item: '3.5.3', what: 'reading changes nothing',
	    where: 'security/routes', test: '3.5.3 no GET changes anything, ' +
	    'whoever asks' },
	{ item: '14.3.2', what: 'no page with data is kept by a cache',
	    where: 'security/routes', test: '14.3.2 what nobody may keep is ' +
	    'said to be: pages, files, pictures' },

	// ---- who may see and change what --------------------------------------
	{ item: '8.2.2', what: 'an id is looked for among one\'s own',
	    where: 'security/routes', test: '8.2.2 an id of another gym ' +
	    'answers as one that is nobody\'s' },

	// ---- what is kept ------------------------------------------------------
	{ item: '14.2.7', what: 'what is no longer needed goes, in its time',
	    where: 'web/retention', test: '14.2.7 what has had its time goes, ' +
	    'and not a minute before' },
	{ item: '14.2.7', what: 'what the gym and the law need stays',
	    where: 'web/retention', test: '14.2.7 what the gym and the law ' +
	    'need stays, however old: and who was erased stays erased' },

	// ---- logs -------------------------------------------------------------
	{ item: '16.4.1', what: 'no value makes or ends a line of a log',
	    where: 'security/injection', test: '16.4.1 whatever is sent, a ' +
	    'log line is a line, and nobody forges one' },
];
