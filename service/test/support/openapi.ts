import { schemaFaults } from './json-schema.ts';

type Json = Record<string, unknown>;

interface Media {
  readonly schema: Json;
  readonly examples?: Record<string, { value: unknown }>;
}

export interface DocumentedResponse {
  readonly headers?: Record<string, { schema: Json }>;
  readonly content?: Record<string, Media>;
}

export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string };
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, Json> };
}

interface Operation {
  readonly requestBody?: { readonly content: Record<string, Media> };
  readonly responses: Record<string, DocumentedResponse>;
}

export interface SeenAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

const METHODS = ['get', 'put', 'options'];

/** What an answer does otherwise than its operation's documentation says; nothing for undocumented paths. */
export const documentationFaults = (
  document: OpenApiDocument,
  method: string,
  path: string,
  { status, headers, text }: SeenAnswer,
): string[] => {
  const item = document.paths[template(path)];
  if (!item) return [];
  const name = method.toLowerCase();
  const operation = item[name] ?? item.get;
  const response =
    METHODS.includes(name) || status === 405 || name === 'head'
      ? operation?.responses[status]
      : undefined;
  if (!response) return [`${method} ${path}: ${status} is not documented`];
  const { schemas } = document.components;
  const headerFaults = Object.entries(response.headers ?? {}).flatMap(([header, { schema }]) => {
    const value = headers.get(header);
    return schemaFaults(
      schema,
      schema.type === 'integer' ? Number(value ?? NaN) : value,
      schemas,
      header,
    );
  });
  const media = response.content?.['application/json'];
  if (method === 'HEAD' || !media)
    return text === '' ? headerFaults : [...headerFaults, `${method} ${path}: has a body`];
  return [...headerFaults, ...schemaFaults(media.schema, JSON.parse(text), schemas)];
};

const template = (path: string): string => {
  const plain = path.replace(/\?.*$/s, '').replace(/(.)\/$/, '$1');
  return plain.replace(/^\/hello\/[^/]+$/, '/hello/{username}');
};

/** The examples of the document that break their own schema. */
export const exampleFaults = ({ paths, components }: OpenApiDocument): string[] =>
  Object.values(paths)
    .flatMap((item) => METHODS.flatMap((method) => item[method] ?? []))
    .flatMap(({ requestBody, responses }) => [requestBody, ...Object.values(responses)])
    .flatMap((part) => Object.values(part?.content ?? {}))
    .flatMap(({ schema, examples }) =>
      Object.values(examples ?? {}).flatMap(({ value }) =>
        schemaFaults(schema, value, components.schemas),
      ),
    );
