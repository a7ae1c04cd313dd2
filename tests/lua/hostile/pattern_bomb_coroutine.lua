-- budget
coroutine.wrap(function() ("a"):rep(200):find(("a*"):rep(80) .. "b") end)()
