-- Holds a new connection while no server can take writes, so that a client waits through a failover instead of failing.
-- ToolHive gives up after 3 s of silence.
local LONGEST <const>, STEP <const> = 2500, 10 -- ms
core.register_action("hold", { "tcp-req" }, function(txn)
  local waited = 0
  while txn.f:nbsrv("valkey") == 0 and waited < LONGEST do
    core.msleep(STEP)
    waited = waited + STEP
  end
end, 0)
