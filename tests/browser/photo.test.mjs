// photo.test.mjs: the page of a member's photo, and a photo on its way
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { Stack } from '../stack/stack.mjs';
import { png } from '../web/image.mjs';
import { Browser, signIn } from './browser.mjs';
import { inLooksOf, isSound, testsOf } from './looks.mjs';

let stack, browser;
const it = testsOf(() => browser);
const inAllLooks = inLooksOf(() => [browser, stack]);
const path = id => `/members/${id}/photo`;

before(async () => {
	browser = await Browser.start();
	if (browser)
		stack = await Stack.start({ demo: true, live: true });
});
after(async () => {
	await browser?.stop();
	await stack?.stop();
});

const picture = (width, height) => ({ name: 'IMG_0001.png',
    mimeType: 'image/png', buffer: png(width, height) });

// Fills in the form of a page that is open, and sends it.
async function send(page, file) {
	await page.getByLabel('Choose a picture').setInputFiles(file);
	const agrees = page.getByLabel('agrees to the photo');
	if (await agrees.count())
		await agrees.check();
	const answer = page.waitForResponse(r => r.request().method() === 'POST');
	await page.getByRole('button', { name: /the photo$/ }).click();
	return answer;
}

async function open(page, id) {
	await signIn(page, stack.login);
	return page.goto(path(id));
}

it('no photo yet', () => inAllLooks('photo-none', page => open(page, 1)));

it('a photo', () => inAllLooks('photo', async page => {
	await open(page, 2);
	assert.equal((await send(page, picture(900, 1200))).status(), 303);
	const answer = await page.goto(path(2));
	const image = page.getByRole('img', { name: /\w/ });
	assert.deepEqual(await image.evaluate(e => [e.complete,
	    e.naturalWidth, e.naturalHeight]), [true, 480, 640]);
	await page.getByText('Remove the photo').click();
	assert.ok(await page.getByText('deleted for good').isVisible());
	return answer;
}));

it('a photo that is refused', () => inAllLooks('photo-refused', async page => {
	await open(page, 3);
	const answer = await send(page, { name: 'bill.pdf',
	    mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7') });
	assert.equal(answer.status(), 422);
	assert.ok(await page.getByText('not a JPEG or PNG').isVisible());
	assert.ok(await page.getByLabel('agrees to the photo').isChecked());
	return answer;
}, [/status of 422/]));

it('on a phone, without JavaScript: taken, replaced, removed', async () => {
	const page = await browser.page(stack, { signedIn: true, path: path(4),
	    context: { javaScriptEnabled: false, isMobile: true, hasTouch: true,
	    viewport: { width: 360, height: 740 } } });
	const camera = page.getByLabel('Take a photo now');
	assert.ok(await camera.isVisible());
	assert.equal(await camera.getAttribute('capture'), 'environment');
	await camera.setInputFiles(picture(400, 300));
	await page.getByLabel('agrees to the photo').check();
	await page.getByRole('button', { name: 'Keep the photo' }).click();
	await page.waitForURL(/\/members\/4$/);

	await page.goto(path(4));
	assert.ok(await page.getByRole('img').first().isVisible());
	assert.equal(await page.getByLabel('agrees').count(), 0);
	await page.getByLabel('Choose a picture').setInputFiles(picture(90, 90));
	await page.getByRole('button', { name: 'Replace the photo' }).click();
	await page.waitForURL(/\/members\/4$/);

	await page.goto(path(4));
	const remove = page.getByRole('button', { name: 'Remove it now' });
	assert.ok(await remove.isHidden());	// it asks first
	await page.getByText('Remove the photo').click();
	await remove.click();
	await page.waitForURL(/\/members\/4$/);
	await page.goto(path(4));
	assert.ok(await page.getByText('There is no photo yet').isVisible());
	await page.context().close();
	browser.check();
});

it('the camera is offered only where there is one to point', async () => {
	const desk = await browser.page(stack, { signedIn: true, path: path(5) });
	assert.ok(await desk.getByLabel('Take a photo now').isHidden());
	const phone = await browser.page(stack, { signedIn: true, path: path(5),
	    context: { isMobile: true, hasTouch: true,
	    viewport: { width: 360, height: 740 } } });
	assert.ok(await phone.getByLabel('Take a photo now').isVisible());
	await isSound(phone, 'on a phone');
	if (process.env.SHOTS)
		await phone.screenshot({
		    path: `${process.env.SHOTS}/photo-phone.png` });
	await desk.context().close();
	await phone.context().close();
	browser.check();
});
