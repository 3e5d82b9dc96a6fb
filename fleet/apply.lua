-- SPDX-FileCopyrightText: 2026 The surefoot authors
-- SPDX-License-Identifier: MIT
--
-- Carries out a batch of ops, in one step. See Engine.Apply.
--
-- KEYS  open circuits, cool-downs, mark, full circuits, full cool-downs; and for each
--       op: reports, callers
-- ARGV  namespace, instance, quorum, share, max keys, channel; and for each op:
--       kind, subject, key, since, wait, keep, flag
--
-- All times are milliseconds of this server's clock, so that the clocks of the
-- instances do not matter. What lies too far in the future was written under
-- another clock, before a failover, and counts for nothing.
--
-- open circuits, cool-downs  hash: key -> "until expires flag held holder"
-- reports                    hash: instance -> "began until expires flag"
-- callers, instances         sorted set: instance by when it was last heard of
-- mark                       "epoch revision", microseconds
-- full                       "cursor at": where the last look for what has expired ended, and when

local SEEN, REPORT, WITHDRAW, HOLD, RESTORE, CLOSE, LEASE, RELEASE, WORKED, HELP = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9
local STREAK, CALLER, FIRST, MAXKEEP, AHEAD = 1000, 15000, 1000, 180000, 1000
local LOOK, EVERY = 1000, 100

local namespace, instance, channel = ARGV[1], ARGV[2], ARGV[6]
local quorum, share, max = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])

local time = redis.call('TIME')
local micros = tonumber(time[1]) * 1000000 + tonumber(time[2])
local now = math.floor(micros / 1000)

local function int(n) return string.format('%.0f', n) end

-- bump marks a change, and returns the revisions before and after it.
local function bump()
  local mark = redis.call('GET', KEYS[3])
  local epoch, before = string.match(mark or '', '^(%d+) (%d+)$')
  if not epoch then epoch, before = int(micros), int(micros) end
  local after = int(math.max(tonumber(before) + 1, micros))
  redis.call('SET', KEYS[3], epoch .. ' ' .. after, 'PX', 3600000)
  return before, after
end

local function revision()
  return string.match(redis.call('GET', KEYS[3]) or '', '^%d+ (%d+)$') or '0'
end

local function publish(what, op, e, before, after)
  redis.call('PUBLISH', channel, table.concat({
    'surefoot/1', namespace, what, op.subject == 0 and 'c' or 'd', before, after,
    int(math.max(e.till - now, 0)), int(math.max(e.expires - now, 0)), e.flag, instance, op.key,
  }, ' '))
end

local function parse(raw)
  if not raw then return nil end
  local till, expires, flag, held, holder = string.match(raw, '^(%d+) (%d+) ([01]) (%d+) (%S+)$')
  if not till then return nil end
  local e = { till = tonumber(till), expires = tonumber(expires), flag = flag, held = tonumber(held), holder = holder }
  if e.expires <= now or e.expires > now + MAXKEEP + AHEAD or e.till > now + MAXKEEP + AHEAD then return nil end
  return e
end

local function save(op, e)
  redis.call('HSET', op.open, op.key, int(e.till) .. ' ' .. int(e.expires) .. ' ' .. e.flag .. ' ' .. int(e.held) .. ' ' .. e.holder)
  redis.call('PEXPIRE', op.open, 2 * MAXKEEP)
end

-- room sees to it that there are never more than so many. Who is full looks for what
-- has expired, at some LOOK keys each time and no sooner than EVERY after the last
-- time, because all others wait for it. A user who may not scan looks at all of them.
local function room(op)
  if redis.call('HLEN', op.open) < max then return true end
  local cursor, at = string.match(redis.call('GET', op.full) or '', '^(%d+) (%d+)$')
  at = tonumber(at) or 0
  if at <= now and now < at + EVERY then return false end
  local found = redis.pcall('HSCAN', op.open, cursor or '0', 'COUNT', LOOK)
  if found.err then found = { '0', redis.call('HGETALL', op.open) } end
  local some = found[2]
  for i = 1, #some, 2 do
    if not parse(some[i + 1]) then redis.call('HDEL', op.open, some[i]) end
  end
  redis.call('SET', op.full, found[1] .. ' ' .. int(now), 'PX', MAXKEEP)
  return redis.call('HLEN', op.open) < max
end

local function open(op, e, wait, keep, flag)
  e = e or { held = 0, holder = '-' }
  e.till, e.expires, e.flag = now + wait, now + keep, flag
  save(op, e)
  local before, after = bump()
  publish('o', op, e, before, after)
end

-- keepOf is KeepOf.
local function keepOf(wait)
  return math.min(wait + math.min(math.max(3 * wait, 5000), 60000), MAXKEEP)
end

local function seen(op)
  redis.call('ZADD', op.callers, now, instance)
  redis.call('PEXPIRE', op.callers, CALLER)
end

local function need(op)
  redis.call('ZREMRANGEBYSCORE', op.callers, '-inf', '(' .. int(now - CALLER))
  redis.call('ZREMRANGEBYSCORE', op.callers, '(' .. int(now + AHEAD), '+inf')
  return math.max(quorum, math.ceil(share * redis.call('ZCARD', op.callers) - 1e-9))
end

-- count returns how many reports count, the latest end of their waits, and what
-- flag that one has.
local function count(op)
  local n, longest, flag = 0, 0, '0'
  local all = redis.call('HGETALL', op.reports)
  for i = 1, #all, 2 do
    local began, till, expires, f = string.match(all[i + 1], '^(%d+) (%d+) (%d+) ([01])$')
    began, till, expires = tonumber(began), tonumber(till), tonumber(expires)
    if not began or expires <= now or expires > now + MAXKEEP + AHEAD or began > now + AHEAD then
      redis.call('HDEL', op.reports, all[i])
    else
      if till > longest then longest, flag = till, f end
      if op.subject == 1 or f == '1' or now - began >= STREAK then n = n + 1 end
    end
  end
  return n, longest, flag
end

local function report(op, e)
  seen(op)
  if e and op.subject == 0 then return end -- all is said
  redis.call('HSET', op.reports, instance,
    int(now - op.since) .. ' ' .. int(now + op.wait) .. ' ' .. int(now + math.min(op.keep, MAXKEEP)) .. ' ' .. op.flag)
  redis.call('PEXPIRE', op.reports, MAXKEEP)
  local n, longest, flag = count(op)
  if n < need(op) then return end
  local wait = longest - now
  if op.subject == 1 then
    if e and longest > e.till or not e and room(op) then open(op, e, wait, wait, flag) end
    return
  end
  if wait <= 0 then wait = FIRST end
  if room(op) then open(op, nil, wait, keepOf(wait), '0') end
end

local function close(op, e)
  if not e then
    redis.call('HDEL', op.reports, instance)
    return
  end
  redis.call('HDEL', op.open, op.key)
  redis.call('DEL', op.reports)
  local before, after = bump()
  publish('c', op, { till = now, expires = now, flag = '0' }, before, after)
end

-- lease returns -1 if it is granted, -2 if the key is not open, or how long to wait.
local function lease(op, e)
  if not e then return -2 end
  if e.till > now then return e.till - now end
  if e.holder ~= '-' and e.holder ~= instance and e.held > now and e.held <= now + MAXKEEP then
    return e.held - now
  end
  local news = e.holder ~= instance
  e.holder, e.held = instance, now + op.keep
  save(op, e)
  if news then
    publish('l', op, { till = e.held, expires = e.expires, flag = e.flag }, revision(), revision())
  end
  return -1
end

local answers = {}
local n = (#ARGV - 6) / 7
for i = 1, n do
  local a = 6 + 7 * (i - 1)
  local op = {
    kind = tonumber(ARGV[a + 1]), subject = tonumber(ARGV[a + 2]), key = ARGV[a + 3], since = tonumber(ARGV[a + 4]),
    wait = tonumber(ARGV[a + 5]), keep = tonumber(ARGV[a + 6]), flag = ARGV[a + 7],
    reports = KEYS[4 + 2 * i], callers = KEYS[5 + 2 * i],
  }
  op.open, op.full = KEYS[op.subject + 1], KEYS[op.subject + 4]
  local e = nil
  if op.kind ~= SEEN then e = parse(redis.call('HGET', op.open, op.key)) end
  if op.kind == SEEN then
    seen(op)
  elseif op.kind == REPORT or op.kind == HOLD and not e then
    report(op, e)
  elseif op.kind == WITHDRAW then
    redis.call('HDEL', op.reports, instance)
  elseif op.kind == HOLD then
    if e.holder == instance then e.holder, e.held = '-', 0 end
    open(op, e, op.wait, keepOf(op.wait), op.flag)
  elseif op.kind == RESTORE then
    if not e and room(op) then open(op, nil, op.wait, math.min(op.keep, MAXKEEP), op.flag) end
  elseif op.kind == CLOSE then
    close(op, e)
  elseif op.kind == LEASE then
    answers[#answers + 1] = lease(op, e)
  elseif op.kind == RELEASE and e and e.holder == instance then
    e.holder, e.held = '-', 0
    save(op, e)
    publish('f', op, e, revision(), revision())
  elseif op.kind == WORKED and e then
    publish('w', op, e, revision(), revision())
  elseif op.kind == HELP and e and e.holder == instance then
    publish('h', op, e, revision(), revision())
  end
end
return answers
