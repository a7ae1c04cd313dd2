-- error "differ from run to run"
string.find = function() end
return ("%p"):format({})
