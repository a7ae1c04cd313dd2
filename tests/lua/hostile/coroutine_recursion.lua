-- error "victim.lua:3: victim.lua:3: victim.lua:3:"
local function dive() return coroutine.wrap(dive)() end
dive()
