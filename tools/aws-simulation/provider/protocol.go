package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"hello/aws-simulation/schema"
)

// providerMeta is what modules may say of themselves.
var providerMeta = &tfprotov5.Schema{Block: &tfprotov5.SchemaBlock{Attributes: []*tfprotov5.SchemaAttribute{
	{Name: "user_agent", Type: tftypes.List{ElementType: tftypes.String}, Optional: true},
}}}

// Without the first OpenTofu would ask each process for the whole schema again.
var capabilities = &tfprotov5.ServerCapabilities{GetProviderSchemaOptional: true, PlanDestroy: true}

// GetProviderSchema tells the whole schema, or of the aws provider what the run needs: most of its thousands of types would
// only cost time.
func (s *server) GetProviderSchema(context.Context, *tfprotov5.GetProviderSchemaRequest) (*tfprotov5.GetProviderSchemaResponse, error) {
	var types map[string]bool
	if s.name == "aws" {
		types = needed(s.account.Folder)
	}
	all := func(resources map[string]schema.Resource) map[string]*tfprotov5.Schema {
		schemas := map[string]*tfprotov5.Schema{}
		for name, resource := range resources {
			if types == nil || types[name] {
				schemas[name] = resource.Protocol()
			}
		}
		return schemas
	}
	return &tfprotov5.GetProviderSchemaResponse{
		ServerCapabilities: capabilities, Provider: s.schema.Provider.Protocol(), ProviderMeta: providerMeta,
		ResourceSchemas: all(s.schema.Resources), DataSourceSchemas: all(s.schema.Data), EphemeralResourceSchemas: all(s.schema.Ephemeral),
	}, nil
}

// What follows has nothing to do here, but is called.

func (s *server) GetResourceIdentitySchemas(context.Context, *tfprotov5.GetResourceIdentitySchemasRequest) (*tfprotov5.GetResourceIdentitySchemasResponse, error) {
	return &tfprotov5.GetResourceIdentitySchemasResponse{}, nil
}

func (s *server) PrepareProviderConfig(_ context.Context, r *tfprotov5.PrepareProviderConfigRequest) (*tfprotov5.PrepareProviderConfigResponse, error) {
	return &tfprotov5.PrepareProviderConfigResponse{PreparedConfig: r.Config}, nil
}

func (s *server) StopProvider(context.Context, *tfprotov5.StopProviderRequest) (*tfprotov5.StopProviderResponse, error) {
	return &tfprotov5.StopProviderResponse{}, nil
}

func (s *server) ValidateDataSourceConfig(context.Context, *tfprotov5.ValidateDataSourceConfigRequest) (*tfprotov5.ValidateDataSourceConfigResponse, error) {
	return &tfprotov5.ValidateDataSourceConfigResponse{}, nil
}

func (s *server) ValidateEphemeralResourceConfig(context.Context, *tfprotov5.ValidateEphemeralResourceConfigRequest) (*tfprotov5.ValidateEphemeralResourceConfigResponse, error) {
	return &tfprotov5.ValidateEphemeralResourceConfigResponse{}, nil
}

func (s *server) CloseEphemeralResource(context.Context, *tfprotov5.CloseEphemeralResourceRequest) (*tfprotov5.CloseEphemeralResourceResponse, error) {
	return &tfprotov5.CloseEphemeralResourceResponse{}, nil
}

func (s *server) GetFunctions(context.Context, *tfprotov5.GetFunctionsRequest) (*tfprotov5.GetFunctionsResponse, error) {
	return &tfprotov5.GetFunctionsResponse{}, nil
}
