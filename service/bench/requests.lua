-- Requests of wrk to /hello/{username}: made once, sent in random order. Arguments: method, number of users.
local letters = { ["0"]="a", ["1"]="b", ["2"]="c", ["3"]="d", ["4"]="e", ["5"]="f", ["6"]="g", ["7"]="h", ["8"]="i", ["9"]="j" }
local requests = {}

init = function(arguments)
  local method, users = arguments[1], tonumber(arguments[2])
  local body = method == "PUT" and '{"dateOfBirth":"1990-10-30"}' or nil
  for id = 1, users do
    local name = "user" .. tostring(id):gsub("%d", letters)
    requests[id] = wrk.format(method, "/hello/" .. name, { ["Content-Type"] = body and "application/json" }, body)
  end
end

request = function() return requests[math.random(#requests)] end
