-- Holds a new connection while no server can take writes, so that a client waits through a failover instead of failing.
-- ToolHive gives up after 3 s of silence.
local LONGEST <const>, STEP <const> = 2500, 10 -- ms
-- A check has seen by then what the clients saw.
local CHECKED <const> = 250 -- ms
local refused = -CHECKED -- when a server did last refuse a command, in ms
local GRACE <const> = 4000 -- ms
local unreached = nil -- the only server, if it takes no new connections, and since when, in ms

local function ms()
  local now = core.now()
  return now.sec * 1000 + now.usec // 1000
end

core.register_action("hold", { "tcp-req" }, function(txn)
  local waited = 0
  while (unreached or txn.f:nbsrv("valkey") == 0 or ms() - refused < CHECKED) and waited < LONGEST do
    core.msleep(STEP)
    waited = waited + STEP
  end
end, 0)

-- To a pod that is deleted by force network policies allow no new connection, so each check fails; but its server goes on until the
-- kubelet has ended it, three seconds or more on a busy node, and so do the connections that there are. They stay while there is no other server, and
-- new ones are held. A server that has ended has none. With whatever else a check finds a server is taken away at once.
local function leave(server)
  unreached = nil
  server:check_force_down()
end

local function checked(server, check)
  if check.result ~= "FAILED" then
    if unreached and unreached.server:get_name() == server:get_name() then unreached = nil end
    return
  end
  local refuses = check.reason.short:find("^L4") and server:get_cur_sess() > 0
  if not refuses or core.backends["valkey"]:get_srv_act() > 1 then return leave(server) end
  unreached = unreached or { server = server, since = ms() }
  if ms() - unreached.since > GRACE then leave(server) end
end

core.event_sub({ "SERVER_CHECK", "SERVER_DOWN", "SERVER_UP" }, function(event, data)
  if event == "SERVER_CHECK" and data.reference then checked(data.reference, data.check) end
  if event == "SERVER_DOWN" then unreached = nil end
  if event == "SERVER_UP" and unreached then leave(unreached.server) end
end)

-- A server that can take no writes says so to its clients before a check sees it, and they give up within 0.3 s at most. What
-- it refused it did not do: so the client's connection is closed instead, and it tries again on a new one, which is held.
-- Nothing is seen of TLS.
local REFUSALS <const> = { MISCONF = true, NOREPLICAS = true, READONLY = true, LOADING = true, MASTERDOWN = true }
local Refusal <const> = { id = "refusal" }
Refusal.__index = Refusal

function Refusal:new() return setmetatable({}, self) end

function Refusal:start_analyze(_, channel)
  if channel:is_resp() then filter.register_data_filter(self, channel) end
end

function Refusal:tcp_payload(txn, channel)
  if channel:data(0, 1) ~= "-" then return end
  if REFUSALS[channel:data(0, 16):match("^%-(%u+) ")] then
    refused = ms()
    channel:remove()
    txn:done()
  end
end

core.register_filter("refusal", Refusal, function(refusal) return refusal end)
