-- budget
local function down(n) if n > 0 then down(n - 1) end while true do end end
down(10000)
