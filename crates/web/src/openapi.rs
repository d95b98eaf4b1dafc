//! The `OpenAPI` 3.1 document, made from the operations that the router is made of.

use axum::http::{Method, header};
use axum::response::IntoResponse;
use utoipa::openapi::path::{HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Components, Content, HeaderBuilder, InfoBuilder, OpenApiBuilder, PathItem, PathsBuilder, Ref,
    RefOr, Required, ResponseBuilder, ServerBuilder,
};
use utoipa::{PartialSchema, ToSchema};

use crate::operation::{BASE, Operation, Place};
use crate::problem::ProblemShown;

const DESCRIPTION: &str = "The returns desk. Every request carries a key: `Authorization: Bearer bh_…`. Moments are RFC 3339, money is \
    whole minor units of one currency. Whatever is refused is an RFC 9457 problem with a `code` of a closed list.";

/// The document as JSON.
pub(crate) fn document(operations: &[Operation]) -> String {
    let mut components = Components::new();
    components.schemas.insert(ProblemShown::name().to_string(), ProblemShown::schema());
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    components.add_security_scheme("key", bearer);
    let mut paths = PathsBuilder::new();
    for operation in operations {
        for (name, schema) in &operation.schemas {
            components.schemas.insert(name.clone(), schema.clone());
        }
        let item = PathItem::new(method(&operation.method), described(operation));
        paths = paths.path(operation.path, item);
    }
    let document = OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Backhaul")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(DESCRIPTION)),
        )
        .servers(Some([ServerBuilder::new().url(BASE).build()]))
        .paths(paths)
        .components(Some(components))
        .security(Some([SecurityRequirement::new("key", Vec::<String>::new())]))
        .build();
    // Texts and lists written into a string cannot fail.
    document.to_json().unwrap_or_default()
}

fn described(operation: &Operation) -> utoipa::openapi::path::Operation {
    let mut built = OperationBuilder::new()
        .operation_id(Some(operation.id.clone()))
        .summary(Some(operation.summary.clone()))
        .description(Some(format!("Needs: {}.", operation.access)));
    for given in &operation.given {
        let place = match given.place {
            Place::Path => ParameterIn::Path,
            Place::Query => ParameterIn::Query,
            Place::Header => ParameterIn::Header,
        };
        let parameter = ParameterBuilder::new()
            .name(given.name)
            .parameter_in(place)
            .required(if given.is_required { Required::True } else { Required::False })
            .description(Some(given.what.clone()))
            .schema(Some(given.schema.clone()));
        built = built.parameter(parameter);
    }
    if let Some(body) = &operation.body {
        let body = RequestBodyBuilder::new()
            .content("application/json", Content::new(Some(body.clone())))
            .required(Some(Required::True));
        built = built.request_body(Some(body.build()));
    }
    for answers in &operation.answers {
        let mut response = ResponseBuilder::new().description(answers.what);
        if let Some(body) = &answers.body {
            response = response.content("application/json", Content::new(Some(body.clone())));
        }
        if let Some(kind) = answers.file {
            response = response.content(kind, Content::new::<RefOr<Schema>>(None));
        }
        if answers.has_tag {
            let tag = HeaderBuilder::new().description(Some("The version of the order's ledger."));
            response = response.header("ETag", tag.build());
        }
        built = built.response(answers.status.to_string(), response.build());
    }
    let problem = RefOr::Ref(Ref::from_schema_name(ProblemShown::name()));
    let problem = ResponseBuilder::new()
        .description("Refused; nothing was changed.")
        .content("application/problem+json", Content::new(Some(problem)));
    built.response("default", problem.build()).build()
}

fn method(method: &Method) -> HttpMethod {
    match *method {
        Method::POST => HttpMethod::Post,
        Method::PUT => HttpMethod::Put,
        Method::DELETE => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}

/// Answers with the document.
pub(crate) fn serve(document: &str) -> impl IntoResponse + use<> {
    ([(header::CONTENT_TYPE, "application/json")], document.to_string())
}
