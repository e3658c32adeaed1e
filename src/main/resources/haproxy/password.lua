-- The password by which HAProxy looks for the primary, from its file again whenever that changes: a new one needs no restart.
local FILE <const>, EVERY <const> = "/config/passwords.map", 1000 -- ms
local user, password = "probe", ""

core.register_task(function()
  while true do
    local file = io.open(FILE)
    local found = file and file:read("a"):match("^" .. user .. " (%S+)")
    if file then file:close() end
    if found and found ~= password then
      core.set_map(FILE, user, found)
      password = found
    end
    core.msleep(EVERY)
  end
end)

-- Tells which one is in use, by its SHA-256, to whoever speaks Valkey's protocol: a rotation waits for that.
core.register_service("password", "tcp", function(applet)
  applet:getline()
  applet:send("+" .. applet.c:hex(applet.c:sha2(password, 256)) .. "\r\n")
end)
