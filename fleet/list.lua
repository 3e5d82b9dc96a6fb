-- SPDX-FileCopyrightText: 2026 The surefoot authors
-- SPDX-License-Identifier: MIT
--
-- Returns all that is open and cools down. See Engine.List, and apply.lua for how
-- it is kept.
--
-- KEYS  open circuits, cool-downs, mark, instances
-- ARGV  instance, known epoch, known revision
--
-- Returns epoch, revision, number of instances, 1 if that is the known state; and
-- if not, for each entry: subject, key, wait, keep, flag.

local CALLER, MAXKEEP, AHEAD = 15000, 180000, 1000

local time = redis.call('TIME')
local micros = tonumber(time[1]) * 1000000 + tonumber(time[2])
local now = math.floor(micros / 1000)

local function int(n) return string.format('%.0f', n) end

redis.call('ZADD', KEYS[4], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', '(' .. int(now - CALLER))
redis.call('ZREMRANGEBYSCORE', KEYS[4], '(' .. int(now + AHEAD), '+inf')
redis.call('PEXPIRE', KEYS[4], CALLER)
local instances = redis.call('ZCARD', KEYS[4])

local epoch, revision = string.match(redis.call('GET', KEYS[3]) or '', '^(%d+) (%d+)$')
if epoch then
  redis.call('PEXPIRE', KEYS[3], 3600000)
else
  epoch, revision = int(micros), int(micros)
  redis.call('SET', KEYS[3], epoch .. ' ' .. revision, 'PX', 3600000)
end
if epoch == ARGV[2] and revision == ARGV[3] then
  return { epoch, revision, instances, 1 }
end

local reply = { epoch, revision, instances, 0 }
for subject = 0, 1 do
  local all = redis.call('HGETALL', KEYS[subject + 1])
  for i = 1, #all, 2 do
    local till, expires, flag = string.match(all[i + 1], '^(%d+) (%d+) ([01]) ')
    till, expires = tonumber(till), tonumber(expires)
    if till and expires > now and expires <= now + MAXKEEP + AHEAD and till <= now + MAXKEEP + AHEAD then
      local n = #reply
      reply[n + 1], reply[n + 2], reply[n + 3] = subject, all[i], math.max(till - now, 0)
      reply[n + 4], reply[n + 5] = expires - now, tonumber(flag)
    else
      redis.call('HDEL', KEYS[subject + 1], all[i])
    end
  end
end
return reply
