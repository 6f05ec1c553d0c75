// Takes the place of the libraries, cdktn and cdktf, that the packages are written for: what would make Terraform code tells types instead.
class Reference {
  constructor(parent, name, ...rest) {
    Object.assign(this, { parent, terraformResource: parent, terraformAttribute: name, rest });
  }
}
const typed = (type) => (name) => ({ name, type });

/** Resources and the objects in them. */
class Thing extends Reference {
  getStringAttribute = typed('string');
  getNumberAttribute = typed('number');
  getBooleanAttribute = typed('bool');
  getListAttribute = typed(['list', 'string']);
  getNumberListAttribute = typed(['list', 'number']);
  getStringMapAttribute = typed(['map', 'string']);
  getNumberMapAttribute = typed(['map', 'number']);
  getBooleanMapAttribute = typed(['map', 'bool']);
  interpolationForAttribute = typed('dynamic');
}
const mapOf = (type) =>
  class extends Reference {
    type = ['map', type];
  };
// Only when it is asked for: statements of web ACLs hold statements.
const list = (mapper, isBlock) => (value) => ({
  get element() {
    return mapper(value);
  },
  isBlock,
});

module.exports = {
  TerraformResource: Thing,
  TerraformDataSource: Thing,
  TerraformProvider: Thing,
  ComplexObject: Thing,
  ComplexList: class extends Thing {},
  ComplexMap: class extends Thing {},
  StringMap: mapOf('string'),
  NumberMap: mapOf('number'),
  BooleanMap: mapOf('bool'),
  AnyMap: mapOf('dynamic'),
  Fn: { tolist: ({ name, type }) => ({ name, type: ['set', type[1]] }) },
  Token: {
    asNumberList: (value) => ({ ...value, type: [value.type[0], 'number'] }),
    asAny: (value) => value,
  },
  canInspect: () => true,
  isComplexElement: () => false,
  Tokenization: { isResolvable: () => false },
  stringToHclTerraform: () => 'string',
  numberToHclTerraform: () => 'number',
  booleanToHclTerraform: () => 'bool',
  anyToHclTerraform: () => 'dynamic',
  hashMapperHcl: (mapper) => (value) => ['map', mapper(value)],
  listMapperHcl: list,
};
