// The Redis store's operations as Lua: each one runs alone and whole. KEYS[1] is the prefix of all keys, so that a
// cluster finds the slot; every other key begins with it. Numbers come and go as text, with all their digits.
//
// Keys behind the prefix: schema; version, auditId (ends of the sequences); entry:<customer> (hash); asOf, changes (sorted
// customers); pending (customers by due time), pending:<customer> (hash); events (by time seen); audit (stream),
// audit:c:<customer>, audit:k:<feature> (its indexes); counter:<...> (number); use:<...> (hash, per idempotency key).

/** Version of the layout above. */
export const REDIS_SCHEMA = 1;

const number = `local function text(x) return string.format('%.17g', x) end\n`;

const pendingRow = `
local function row(P, k, due)
  local p = redis.call('HMGET', P..'pending:'..k, 'eventId', 'receivedAt', 'ticket', 'attempts')
  return {k, p[1] or '', p[2] or '0', p[3] or '', p[4] or '0', due}
end
`;

/** Counter helpers: reading with the billing system's floor, writing with the period's end. */
const counter = `${number}
local function standing(key, base)
  local used = tonumber(redis.call('GET', key) or '0')
  if used < base then used = base end
  return used
end
local function keep(key, used, ttl)
  redis.call('SET', key, text(used), 'KEEPTTL')
  if ttl ~= '' then redis.call('PEXPIRE', key, ttl) end
end
local function before(key, name, amount)
  local use = redis.call('HMGET', key, 'name', 'amount', 'accepted', 'over', 'used')
  if not use[1] then return nil end
  if use[1] ~= name or tonumber(use[2]) ~= amount then return {'conflict'} end
  return {'replayed', use[3], use[4], use[5]}
end
local function remember(key, id, name, amount, accepted, over, used, ttl)
  redis.call('HSET', key, 'id', id, 'name', name, 'amount', text(amount), 'accepted', accepted, 'over', over, 'used', text(used))
  if ttl ~= '' then redis.call('PEXPIRE', key, ttl) end
end
`;

/** The scripts by name. Comments name ARGV in order. */
export const scripts = {
  // known -> the schema's version, set if there is none
  migrate: `
local found = redis.call('GET', KEYS[1]..'schema')
if found then return found end
redis.call('SET', KEYS[1]..'schema', ARGV[1])
return ARGV[1]`,

  // customer -> entry, or nothing
  get: `
local e = redis.call('HMGET', KEYS[1]..'entry:'..ARGV[1], 'snapshot', 'asOf', 'etag', 'version')
if not e[1] then return {} end
return e`,

  // customer, snapshot, asOf, etag, base, settles, event, now, customerId, then per change: feature key, row
  // -> verdict, current entry
  put: `
local P, k, asOf, etag = KEYS[1], ARGV[1], tonumber(ARGV[3]), ARGV[4]
local e = redis.call('HMGET', P..'entry:'..k, 'snapshot', 'asOf', 'etag', 'version')
local verdict = 'store'
if e[1] then
  local held = tonumber(e[2])
  if asOf < held then verdict = 'older'
  elseif asOf == held and etag == e[3] then verdict = 'same'
  elseif asOf == held and etag < e[3] then verdict = 'older' end
end
if verdict == 'store' and ARGV[5] ~= '' and tonumber(ARGV[5]) ~= tonumber(e[4] or '0') then verdict = 'conflict' end
if verdict == 'conflict' then
  if e[1] then return {verdict, e[1], e[2], e[3], e[4]} end
  return {verdict}
end
if ARGV[7] ~= '' then redis.call('ZADD', P..'events', 'NX', ARGV[8], ARGV[7]) end
if verdict == 'store' then
  local version = redis.call('INCR', P..'version')
  e = {ARGV[2], ARGV[3], etag, tostring(version)}
  redis.call('HSET', P..'entry:'..k, 'snapshot', e[1], 'asOf', e[2], 'etag', e[3], 'version', e[4])
  redis.call('ZADD', P..'asOf', e[2], k)
  redis.call('ZADD', P..'changes', e[4], k)
  for i = 10, #ARGV, 2 do
    local id = redis.call('INCR', P..'auditId')
    redis.call('XADD', P..'audit', id..'-0', 'at', ARGV[8], 'c', ARGV[9], 'f', ARGV[i], 'v', e[4], 'row', ARGV[i + 1])
    redis.call('ZADD', P..'audit:c:'..ARGV[9], id, id)
    redis.call('ZADD', P..'audit:k:'..ARGV[i], id, id)
  end
  redis.call('PUBLISH', P..'look', '')
end
local p = redis.call('HMGET', P..'pending:'..k, 'receivedAt', 'ticket')
if p[1] and (tonumber(p[1]) < tonumber(e[2]) or p[2] == ARGV[6]) then
  redis.call('DEL', P..'pending:'..k)
  redis.call('ZREM', P..'pending', k)
end
return {verdict, e[1], e[2], e[3], e[4]}`,

  // after asOf ('' from the start), after customer, limit -> rows: customer, asOf, version
  customers: `
local P, n = KEYS[1], tonumber(ARGV[3])
local function upTo(a, b)
  for i = 1, math.min(#a, #b) do
    local x, y = a:byte(i), b:byte(i)
    if x ~= y then return x < y end
  end
  return #a <= #b
end
local from = 0
if ARGV[1] ~= '' then
  from = redis.call('ZCOUNT', P..'asOf', '-inf', '('..ARGV[1])
  while true do
    local tie = redis.call('ZRANGE', P..'asOf', from, from, 'WITHSCORES')
    if not tie[1] or tonumber(tie[2]) ~= tonumber(ARGV[1]) or not upTo(tie[1], ARGV[2]) then break end
    from = from + 1
  end
end
local found, rows = redis.call('ZRANGE', P..'asOf', from, from + n - 1, 'WITHSCORES'), {}
for i = 1, #found, 2 do
  rows[#rows + 1] = {found[i], found[i + 1], redis.call('HGET', P..'entry:'..found[i], 'version') or '0'}
end
return rows`,

  // customer, event ('' none), event id, receivedAt, ticket -> 1 when first
  mark: `
local P, k = KEYS[1], ARGV[1]
if ARGV[2] ~= '' and redis.call('ZADD', P..'events', 'NX', ARGV[4], ARGV[2]) == 0 then return 0 end
local at = redis.call('HGET', P..'pending:'..k, 'receivedAt')
if not at or tonumber(at) < tonumber(ARGV[4]) then at = ARGV[4] end
redis.call('HSET', P..'pending:'..k, 'eventId', ARGV[3], 'receivedAt', at, 'ticket', ARGV[5], 'attempts', '0')
redis.call('ZADD', P..'pending', ARGV[4], k)
return 1`,

  // event -> 1 when known
  seen: `return redis.call('ZSCORE', KEYS[1]..'events', ARGV[1]) and 1 or 0`,

  // limit -> rows
  pending: `${pendingRow}
local found, rows = redis.call('ZRANGE', KEYS[1]..'pending', 0, ARGV[1] - 1, 'WITHSCORES'), {}
for i = 1, #found, 2 do rows[#rows + 1] = row(KEYS[1], found[i], found[i + 1]) end
return rows`,

  // now, lease's end, limit -> rows
  claim: `${pendingRow}
local P, rows = KEYS[1], {}
for _, k in ipairs(redis.call('ZRANGEBYSCORE', P..'pending', '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])) do
  redis.call('HINCRBY', P..'pending:'..k, 'attempts', 1)
  redis.call('ZADD', P..'pending', ARGV[2], k)
  rows[#rows + 1] = row(P, k, ARGV[2])
end
return rows`,

  // customer, ticket, until -> 1 when it was still that request
  postpone: `
if redis.call('HGET', KEYS[1]..'pending:'..ARGV[1], 'ticket') ~= ARGV[2] then return 0 end
redis.call('ZADD', KEYS[1]..'pending', ARGV[3], ARGV[1])
return 1`,

  // customer, ticket -> 1 when it was still that request
  dismiss: `
if redis.call('HGET', KEYS[1]..'pending:'..ARGV[1], 'ticket') ~= ARGV[2] then return 0 end
redis.call('DEL', KEYS[1]..'pending:'..ARGV[1])
redis.call('ZREM', KEYS[1]..'pending', ARGV[1])
return 1`,

  // index ('' all, else c:<customer> or k:<feature>), after ('' none), newest (0|1), limit -> rows: id, version, row
  audit: `
local P, rows = KEYS[1], {}
local function add(entry)
  local f = entry[2]
  rows[#rows + 1] = {entry[1]:match('^%d+'), f[8], f[10]}
end
local after = ARGV[2] ~= '' and '('..ARGV[2] or nil
if ARGV[1] == '' then
  local found
  if after then after = after..'-0' end
  if ARGV[3] == '1' then found = redis.call('XREVRANGE', P..'audit', after or '+', '-', 'COUNT', ARGV[4])
  else found = redis.call('XRANGE', P..'audit', after or '-', '+', 'COUNT', ARGV[4]) end
  for _, entry in ipairs(found) do add(entry) end
  return rows
end
local index, ids = P..'audit:'..ARGV[1], nil
if ARGV[3] == '1' then ids = redis.call('ZREVRANGEBYSCORE', index, after or '+inf', '-inf', 'LIMIT', 0, ARGV[4])
else ids = redis.call('ZRANGEBYSCORE', index, after or '-inf', '+inf', 'LIMIT', 0, ARGV[4]) end
for _, id in ipairs(ids) do
  local found = redis.call('XRANGE', P..'audit', id..'-0', id..'-0')
  if found[1] then add(found[1]) end
end
return rows`,

  // use key ('' none), counter key, counter name, base, counter ttl, use ttl, amount, limit ('' none), soft (0|1)
  // -> what, accepted, over, used
  consume: `${counter}
local P, amount = KEYS[1], tonumber(ARGV[7])
local use = P..'use:'..ARGV[1]
local told = ARGV[1] ~= '' and before(use, ARGV[3], amount)
if told then return told end
local key = P..'counter:'..ARGV[2]
local used = standing(key, tonumber(ARGV[4]))
local fits = ARGV[8] == '' or used + amount <= tonumber(ARGV[8])
local accepted, over = '0', '0'
if fits or ARGV[9] == '1' then
  used, accepted = used + amount, '1'
  if not fits then over = '1' end
end
keep(key, used, ARGV[5])
if ARGV[1] ~= '' then remember(use, ARGV[2], ARGV[3], amount, accepted, over, used, ARGV[6]) end
return {'done', accepted, over, text(used)}`,

  // use key ('' none), counter key, counter name, base, counter ttl, use ttl, amount -> what, released, used
  release: `${counter}
local P, amount = KEYS[1], tonumber(ARGV[7])
local use = P..'use:'..ARGV[1]
local told = ARGV[1] ~= '' and before(use, ARGV[3], -amount)
if told then return {told[1], '0', told[4]} end
local key = P..'counter:'..ARGV[2]
local used = standing(key, tonumber(ARGV[4]))
local released = math.min(used, amount)
keep(key, used - released, ARGV[5])
if ARGV[1] ~= '' then remember(use, ARGV[2], ARGV[3], -amount, '1', '0', used - released, ARGV[6]) end
return {'done', text(released), text(used - released)}`,

  // use key, counter key, counter name, base -> what, released, used
  releaseUse: `${counter}
local P, use = KEYS[1], KEYS[1]..'use:'..ARGV[1]
local u = redis.call('HMGET', use, 'id', 'name', 'amount', 'accepted', 'released')
if not u[1] or u[2] ~= ARGV[3] or u[4] ~= '1' or tonumber(u[3]) < 0 then
  return {'done', '0', text(standing(P..'counter:'..ARGV[2], tonumber(ARGV[4])))}
end
local key = P..'counter:'..u[1]
local used = standing(key, 0)
if u[5] then return {'replayed', '0', text(used)} end
local released = math.min(used, tonumber(u[3]))
redis.call('HSET', use, 'released', '1')
if redis.call('EXISTS', key) == 1 then keep(key, used - released, '') end
return {'done', text(released), text(used - released)}`,

  // counter key -> used
  usage: `return redis.call('GET', KEYS[1]..'counter:'..ARGV[1]) or '0'`,

  // -> the latest version
  latest: `return redis.call('GET', KEYS[1]..'version') or '0'`,

  // version, limit -> rows: customer, version
  changes: `
local found, rows = redis.call('ZRANGEBYSCORE', KEYS[1]..'changes', '('..ARGV[1], '+inf', 'WITHSCORES', 'LIMIT', 0, ARGV[2]), {}
for i = 1, #found, 2 do rows[#rows + 1] = {found[i], found[i + 1]} end
return rows`,

  // -> seconds, microseconds
  time: `return redis.call('TIME')`,

  // events before ('' none), events to keep ('' all), audit before ('' none) -> audit rows removed
  prune: `
local P, removed = KEYS[1], 0
if ARGV[1] ~= '' then redis.call('ZREMRANGEBYSCORE', P..'events', '-inf', '('..ARGV[1]) end
if ARGV[2] ~= '' then redis.call('ZREMRANGEBYRANK', P..'events', 0, -(tonumber(ARGV[2]) + 1)) end
if ARGV[3] == '' then return 0 end
for _, entry in ipairs(redis.call('XRANGE', P..'audit', '-', '+', 'COUNT', 500)) do
  local id, f = entry[1], entry[2]
  if tonumber(f[2]) >= tonumber(ARGV[3]) then break end
  local member = id:match('^%d+')
  redis.call('XDEL', P..'audit', id)
  redis.call('ZREM', P..'audit:c:'..f[4], member)
  redis.call('ZREM', P..'audit:k:'..f[6], member)
  removed = removed + 1
end
return removed`,

  // -> schema, pending
  health: `return {redis.call('GET', KEYS[1]..'schema') or '0', tostring(redis.call('ZCARD', KEYS[1]..'pending'))}`,
} as const;

export type ScriptName = keyof typeof scripts;
