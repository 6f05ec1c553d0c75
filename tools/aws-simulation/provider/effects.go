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
func (s *server) afterWrite(now, before *account.Resource) error {
	switch now.Type {
	case "aws_rds_cluster":
		global, _ := now.Attributes["global_cluster_identifier"].(string)
		if before != nil {
			if was, _ := before.Attributes["global_cluster_identifier"].(string); was != global {
				return s.leaveGlobal(was, now.Attributes["arn"])
			}
			return nil
		}
		return s.joinGlobal(global, now.Attributes["arn"])
	case "aws_rds_global_cluster":
		source := s.lookup("aws_rds_cluster", s.region, fmt.Sprint(now.Attributes["source_db_cluster_identifier"]))
		if before == nil && source != nil {
			source.Attributes["global_cluster_identifier"] = now.ID
			if err := s.account.Put(source); err != nil {
				return err
			}
			return s.joinGlobal(now.ID, source.Attributes["arn"])
		}
	case "aws_secretsmanager_secret":
		return s.replicate(now)
	}
	return nil
}

// afterDelete does what a deletion does to other resources.
func (s *server) afterDelete(was *account.Resource) error {
	switch was.Type {
	case "aws_rds_cluster":
		global, _ := was.Attributes["global_cluster_identifier"].(string)
		if err := s.leaveGlobal(global, was.Attributes["arn"]); err != nil {
			return err
		}
		if was.Attributes["skip_final_snapshot"] != true {
			return s.account.Put(&account.Resource{
				Type: "aws_db_cluster_snapshot", ID: fmt.Sprint(was.Attributes["final_snapshot_identifier"]), Region: was.Region,
				Attributes: map[string]any{"db_cluster_identifier": was.ID, "snapshot_type": "manual", "kms_key_id": was.Attributes["kms_key_id"]},
			})
		}
	case "aws_secretsmanager_secret":
		if was.Attributes["recovery_window_in_days"] != 0.0 {
			name := was.Attributes["name"]
			return s.account.Put(&account.Resource{
				Type: "deleted_secret", ID: fmt.Sprint(name), Region: was.Region, Attributes: map[string]any{"name": name},
			})
		}
	}
	return nil
}

func (s *server) globalMembers(global string) []any {
	found, _ := s.account.Get("aws_rds_global_cluster", account.Global, global)
	if found == nil {
		return []any{}
	}
	members, _ := found.Attributes["global_cluster_members"].([]any)
	return members
}

// joinGlobal makes a cluster a member of a global database: the first one writes.
func (s *server) joinGlobal(global string, arn any) error {
	found, err := s.account.Get("aws_rds_global_cluster", account.Global, global)
	if err != nil || found == nil {
		return err
	}
	members := s.globalMembers(global)
	found.Attributes["global_cluster_members"] = append(members, map[string]any{
		"db_cluster_arn": arn, "is_writer": len(members) == 0, "readers": []any{},
	})
	return s.account.Put(found)
}

func (s *server) leaveGlobal(global string, arn any) error {
	found, err := s.account.Get("aws_rds_global_cluster", account.Global, global)
	if err != nil || found == nil {
		return err
	}
	found.Attributes["global_cluster_members"] = slices.DeleteFunc(s.globalMembers(global), func(member any) bool {
		return asMap(member)["db_cluster_arn"] == arn
	})
	return s.account.Put(found)
}

// replicate makes the copies of a secret: the same ARN but for the region.
func (s *server) replicate(secret *account.Resource) error {
	replicas, _ := secret.Attributes["replica"].([]any)
	for _, replica := range replicas {
		region := fmt.Sprint(asMap(replica)["region"])
		attributes := maps.Clone(secret.Attributes)
		attributes["arn"] = strings.Replace(secret.ID, ":"+secret.Region+":", ":"+region+":", 1)
		attributes["kms_key_id"], attributes["replica"] = asMap(replica)["kms_key_id"], []any{}
		attributes["region"], attributes["primary_region"] = region, secret.Region
		if err := s.account.Put(&account.Resource{
			Type: secret.Type, ID: fmt.Sprint(attributes["arn"]), Region: region, MadeBy: secret.ID, Attributes: attributes,
		}); err != nil {
			return err
		}
	}
	return nil
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
