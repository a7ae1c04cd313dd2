-- budget
local function stay() while true do end end
local x <close> = setmetatable({}, { __close = stay })
while true do end
