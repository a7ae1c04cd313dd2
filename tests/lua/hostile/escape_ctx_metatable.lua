-- error ""
getmetatable(ctx).__index(nil, nil)
