-- load.lua: what wrk sends, and what it says at the end: a line of JSON
--
--	wrk ... -s load.lua URL -- KIND TOKEN DAY DAY
--
-- Each of the two threads has a DAY to itself, so that no punch comes twice
-- but where that is meant.  Kinds: page (TOKEN is a cookie), stored,
-- duplicate, unmapped, batch.
local threads = 0

function setup(thread)
	threads = threads + 1
	thread:set("number", threads)
end

local FIRST, MEMBERS, BATCH = 10001, 10000, 500
local PUNCH = '{"compcode":"SF","user_id":"%d","device_sn":"CRT5200-SN001",' ..
	'"timestamp":"%s %02d:%02d:%02d"}'
local kind, day
local n = 0

-- Every member once a minute, minute after minute.
local function stored()
	local minute = math.floor(n / MEMBERS)
	local user = FIRST + n % MEMBERS
	n = n + 1
	return PUNCH:format(user, day, math.floor(minute / 60), minute % 60, 0)
end

-- The thousand punches of that day that were there before: see seed.mjs.
local function duplicate()
	local i = n % 1000
	local at = 6 * 3600 + i * 20
	n = n + 1
	return PUNCH:format(FIRST + (i * 7) % MEMBERS, day,
		math.floor(at / 3600), math.floor(at / 60) % 60, at % 60)
end

local function unmapped()
	local at = n % 86400
	n = n + 1
	return PUNCH:format(900000 + math.floor(n / 86400), day,
		math.floor(at / 3600), math.floor(at / 60) % 60, at % 60)
end

local function batch()
	local items = {}
	for i = 1, BATCH do
		items[i] = stored()
	end
	return "[" .. table.concat(items, ",") .. "]"
end

local bodies = { stored = stored, duplicate = duplicate,
	unmapped = unmapped, batch = batch }

function init(args)
	kind, day = args[1], args[2 + number]
	if kind == "page" then
		wrk.headers["Cookie"] = args[2]
		return
	end
	wrk.method = "POST"
	wrk.headers["Authorization"] = "Bearer " .. args[2]
	wrk.headers["Content-Type"] = "application/json"
end

function request()
	local body = bodies[kind]
	return wrk.format(nil, nil, nil, body and body())
end

function done(summary, latency)
	local e = summary.errors
	print(('{"requests":%d,"us":%d,"p50_us":%d,"p99_us":%d,' ..
		'"not_2xx":%d,"failed":%d}'):format(summary.requests,
		summary.duration, latency:percentile(50),
		latency:percentile(99), e.status,
		e.connect + e.read + e.write + e.timeout))
end
