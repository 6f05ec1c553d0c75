package provider

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"hello/aws-simulation/account"
)

// afterWrite does what a write does to other resources.
func (s *server) afterWrite(now, before *account.Resource) {
	switch now.Type {
	case "aws_rds_cluster":
		if before == nil {
			s.joinGlobal(now.Attributes["global_cluster_identifier"], now)
		} else if was := before.Attributes["global_cluster_identifier"]; was != now.Attributes["global_cluster_identifier"] {
			s.leaveGlobal(was, now)
		}
	case "aws_secretsmanager_secret":
		s.replicate(now, before)
	case "aws_secretsmanager_secret_version":
		if before == nil {
			s.moveLabels(now)
		}
	}
}

// moveLabels gives the version before a new one AWSPREVIOUS, and the one before that no label.
func (s *server) moveLabels(now *account.Resource) {
	next := map[any][]any{"AWSCURRENT": {"AWSPREVIOUS"}, "AWSPREVIOUS": {}}
	for _, other := range s.account.Find(now.Type, now.Region, func(r *account.Resource) bool {
		return r.ID != now.ID && r.Attributes["arn"] == now.Attributes["arn"]
	}) {
		if labels, _ := other.Attributes["version_stages"].([]any); len(labels) > 0 {
			other.Attributes["version_stages"] = next[labels[0]]
			s.account.Put(other)
		}
	}
}

// afterDelete does what a deletion does to other resources, and leaves what AWS leaves.
func (s *server) afterDelete(was *account.Resource) {
	leave := func(kind, name string) {
		attributes := map[string]any{"kms_key_id": was.Attributes["kms_key_id"]}
		s.account.Put(&account.Resource{Type: kind, ID: fmt.Sprint(was.Attributes[name]), Region: was.Region, Attributes: attributes})
	}
	switch {
	case was.Type == "aws_rds_cluster":
		s.leaveGlobal(was.Attributes["global_cluster_identifier"], was)
		if was.Attributes["skip_final_snapshot"] != true {
			leave("aws_db_cluster_snapshot", "final_snapshot_identifier")
		}
	case was.Type == "aws_secretsmanager_secret" && was.Attributes["recovery_window_in_days"] != 0.0:
		leave("deleted_secret", "name")
	}
}

func (s *server) globalMembers(global string) []any {
	if found := s.account.Get("aws_rds_global_cluster", account.Global, global); found != nil {
		members, _ := found.Attributes["global_cluster_members"].([]any)
		return members
	}
	return []any{}
}

// joinGlobal makes a cluster a member of a global database: the first one writes.
func (s *server) joinGlobal(global any, cluster *account.Resource) {
	members := s.globalMembers(fmt.Sprint(global))
	s.setGlobalMembers(global, append(members, map[string]any{
		"db_cluster_arn": cluster.Attributes["arn"], "is_writer": len(members) == 0, "readers": []any{},
	}))
}

func (s *server) leaveGlobal(global any, cluster *account.Resource) {
	s.setGlobalMembers(global, slices.DeleteFunc(s.globalMembers(fmt.Sprint(global)), func(member any) bool {
		return asMap(member)["db_cluster_arn"] == cluster.Attributes["arn"]
	}))
}

func (s *server) setGlobalMembers(global any, members []any) {
	if found := s.account.Get("aws_rds_global_cluster", account.Global, fmt.Sprint(global)); found != nil {
		found.Attributes["global_cluster_members"] = members
		s.account.Put(found)
	}
}

// replicate makes the copies of a secret, the same ARN but for the region, and removes those that it shall have no more.
// A copy of another's stays what it is, and so does a secret, unless it shall be overwritten.
func (s *server) replicate(secret, before *account.Resource) {
	present := func(region any) *account.Resource {
		found := s.account.Find(secret.Type, fmt.Sprint(region), func(r *account.Resource) bool {
			return r.Attributes["name"] == secret.Attributes["name"]
		})
		if len(found) == 0 {
			return nil
		}
		return found[0]
	}
	wanted := map[any]bool{}
	each(secret.Attributes["replica"], func(replica map[string]any) any {
		wanted[replica["region"]] = true
		if other := present(replica["region"]); other != nil && other.MadeBy != secret.ID {
			if other.MadeBy != "" || secret.Attributes["force_overwrite_replica_secret"] != true {
				return nil
			}
			s.account.Delete(other)
		}
		region := fmt.Sprint(replica["region"])
		attributes := maps.Clone(secret.Attributes)
		arn := strings.Replace(secret.ID, ":"+secret.Region+":", ":"+region+":", 1)
		maps.Copy(attributes, map[string]any{
			"arn": arn, "id": arn, "region": region, "kms_key_id": replica["kms_key_id"], "replica": []any{},
		})
		s.account.Put(&account.Resource{Type: secret.Type, ID: arn, Region: region, MadeBy: secret.ID, MadeByType: secret.Type, Attributes: attributes})
		return nil
	})
	if before == nil {
		return
	}
	each(before.Attributes["replica"], func(replica map[string]any) any {
		if copied := present(replica["region"]); !wanted[replica["region"]] && copied != nil && copied.MadeBy == secret.ID {
			s.account.Delete(copied)
		}
		return nil
	})
}

func within(inner, outer any) bool {
	i, errInner := netip.ParsePrefix(fmt.Sprint(inner))
	o, errOuter := netip.ParsePrefix(fmt.Sprint(outer))
	return errInner != nil || errOuter != nil || (o.Contains(i.Addr()) && o.Bits() <= i.Bits())
}

func overlap(x, y any) bool {
	a, errA := netip.ParsePrefix(fmt.Sprint(x))
	b, errB := netip.ParsePrefix(fmt.Sprint(y))
	return errA == nil && errB == nil && a.Overlaps(b)
}
