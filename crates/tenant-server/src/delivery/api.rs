use axum::http::StatusCode;
use outbound::{Request, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use crate::instance::App;
use crate::rp::RpError;

/// Posts to the identity server's tenant API, as this tenant's client.
pub(super) async fn post<B: Serialize, T: DeserializeOwned>(app: &App, path: &str, body: &B) -> Result<T, RpError> {
    let request = Request::json(address(app, path)?, body).map_err(|error| RpError::Away(error.to_string()))?;
    send(app, path, request).await
}

/// Asks it for something.
pub(crate) async fn get<T: DeserializeOwned>(app: &App, path: &str) -> Result<T, RpError> {
    send(app, path, Request::get(address(app, path)?)).await
}

fn address(app: &App, path: &str) -> Result<Url, RpError> {
    Url::parse(&app.identity_page(path)).map_err(|error| RpError::Away(error.to_string()))
}

/// Asks it to do something that it may refuse for a reason which stands in its answer: status and JSON.
pub(crate) async fn ask<T: DeserializeOwned>(
    app: &App,
    path: &str,
    body: Option<&serde_json::Value>,
) -> Result<Result<T, (StatusCode, serde_json::Value)>, RpError> {
    let request = match body {
        Some(body) => Request::json(address(app, path)?, body).map_err(|error| RpError::Away(error.to_string()))?,
        None => Request::get(address(app, path)?),
    };
    let response = exchange(app, request).await?;
    match response.status {
        StatusCode::OK => Ok(Ok(response.json().map_err(|error| RpError::Away(error.to_string()))?)),
        StatusCode::FORBIDDEN
        | StatusCode::NOT_FOUND
        | StatusCode::CONFLICT
        | StatusCode::UNPROCESSABLE_ENTITY
        | StatusCode::TOO_MANY_REQUESTS => Ok(Err((response.status, response.json().unwrap_or_default()))),
        status => Err(RpError::Refused(format!("{path}: {status}"))),
    }
}

async fn send<T: DeserializeOwned>(app: &App, path: &str, request: Request) -> Result<T, RpError> {
    let response = exchange(app, request).await?;
    match response.status {
        StatusCode::OK => response.json().map_err(|error| RpError::Away(error.to_string())),
        status => Err(RpError::Refused(format!("{path}: {status}"))),
    }
}

async fn exchange(app: &App, request: Request) -> Result<Response, RpError> {
    let token = app.rp.client_token().await?;
    let request = request.bearer(&token).map_err(|error| RpError::Away(error.to_string()))?;
    let response = app.rp.http().send(request).await.map_err(|error| RpError::Away(error.to_string()))?;
    if response.status == StatusCode::UNAUTHORIZED {
        // Revoked, or signed with a key that is gone: the next try brings a new one.
        app.rp.forget_client_token().await;
        return Err(RpError::Refused("the access token".to_owned()));
    }
    Ok(response)
}
