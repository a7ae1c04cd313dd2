-- stopped
while true do ctx:signal { symbol = "SPY", kind = "x" } end
