-- A node class is healthy once its role, subnets and security groups were found.
for _, condition in ipairs(obj.status and obj.status.conditions or {}) do
  if condition.type == "Ready" and condition.status == "True" then
    return { status = "Healthy", message = condition.message }
  elseif condition.type == "Ready" and condition.status == "False" then
    return { status = "Degraded", message = condition.message }
  end
end
return { status = "Progressing", message = "Waiting for the node class to be ready" }
