// whatsapp-service.test.mjs: the fake of the message service is as strict as it says
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { FakeService } from '../whatsapp/service.mjs';

let service;
before(async () => {
	service = await FakeService.start({ templates: { ending: 1, plain: 0 } });
});
after(() => service.stop());

const right = () => ({ messaging_product: 'whatsapp',
    recipient_type: 'individual', to: '919812345678', type: 'template',
    template: { name: 'ending', language: { code: 'en' }, components: [{
    type: 'body', parameters: [{ type: 'text', text: 'Asha' }] }] },
    biz_opaque_callback_data: 'message-7-1' });

async function ask(body, { path = `/v23.0/${service.phoneId}/messages`,
    method = 'POST', token = service.token, type = 'application/json' } = {}) {
	const answer = await fetch(`${service.url}${path}`, { method,
	    ...method === 'POST' && { body: JSON.stringify(body) },
	    headers: { Authorization: `Bearer ${token}`,
	    'Content-Type': type } });
	return { status: answer.status, json: await answer.json() };
}

test('what is right is taken, once', async () => {
	const { status, json } = await ask(right());
	assert.equal(status, 200);
	assert.match(json.messages[0].id, /^wamid\./);
	assert.deepEqual(service.wrong, []);
	assert.equal(service.delivered.get(7), 1);
	assert.deepEqual(service.received[0].params, ['Asha']);
});

test('what is not right is refused, and told', async () => {
	const spoilt = [
		b => { b.to = '+919812345678'; }, b => { b.to = 919812345678; },
		b => { b.more = 1; }, b => { delete b.recipient_type; },
		b => { b.type = 'text'; }, b => { b.template.name = 'other'; },
		b => { b.template.language = 'en'; },
		b => { b.template.language.code = 'english'; },
		b => { b.template.components[0].parameters = []; },
		b => { b.template.components[0].parameters[0].text = ''; },
		b => { b.template.components[0].parameters[0].text = 'a\nb'; },
		b => { b.template.components[0].parameters[0].text = 7; },
		b => { b.template.components[0].parameters.push({ type: 'text',
		    parameter_name: 'x', text: 'y' }); },
		b => { b.template.components[0].type = 'header'; },
		b => { delete b.template.components; },
		b => { b.template.name = 'plain'; },
		b => { b.biz_opaque_callback_data = 'outbox-1'; },
	];
	for (const spoil of spoilt) {
		const body = right();
		spoil(body);
		service.wrong.length = 0;
		const { status, json } = await ask(body);
		assert.equal(status, 400, String(spoil));
		assert.equal(json.error.code, 100);
		assert.equal(service.wrong.length, 1, String(spoil));
	}
	for (const how of [{ token: 'other' }, { type: 'text/plain' },
	    { path: '/v22.0/1/messages' }, { method: 'GET' }])
		assert.equal((await ask(right(), how)).status, 400);
	assert.equal(service.delivered.get(7), 1);
});

test('orders are followed, one request each', async () => {
	service.wrong.length = 0;
	service.next({ error: 131026 }, { status: 503 }, { held: true });
	const { status, json } = await ask(right());
	assert.equal(status, 400);
	assert.equal(json.error.code, 131026);
	assert.equal(service.delivered.get(7), 1);
	await assert.rejects(ask(right()));	// no JSON
	assert.equal(service.delivered.get(7), 2);
	assert.equal((await ask(right())).json.messages[0].message_status,
	    'held_for_quality_assessment');
	service.next({ refuse: true }, { drop: true });
	await assert.rejects(ask(right()));
	assert.equal(service.delivered.get(7), 3);
	await assert.rejects(ask(right()));
	assert.equal(service.delivered.get(7), 4);
});
