-- error "string expected"
load(function() return nil end)
