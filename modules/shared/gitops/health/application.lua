-- An application is as healthy as it says, once it says it of what it is asked for: while its version isn't compared or its
-- sync isn't through, "Healthy" is of what was there before. Source: Argo CD, operator manual, "Resource Health".
local health = { status = "Progressing", message = "" }
local status = obj.status
if status == nil or status.health == nil then
  return health
end
health.message = status.health.message or ""

local function revision(of)
  return of ~= nil and of.source ~= nil and of.source.targetRevision or nil
end
local sync = status.sync or {}
local isNew = sync.status == "Synced"
  and revision(sync.comparedTo) == revision(obj.spec)
  and (status.operationState == nil or status.operationState.phase == "Succeeded")
if status.health.status ~= "Healthy" or isNew then
  health.status = status.health.status or health.status
end
return health
