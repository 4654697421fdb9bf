use axum::http::StatusCode;
use jobs::Progress;
use store::{StoreError, params};

use super::world::World;
use crate::delivery::tidy_up;

#[tokio::test]
async fn what_browsers_left_behind_is_swept_in_batches() {
    let world = World::new().await;
    let mut mina = world.browser();
    mina.signs_in(&world.idp, "mina").await.sent_to();
    let app = world.server.find("acme").unwrap();
    let expired = world.ambient.now().minus(std::time::Duration::from_secs(1));
    let left = app.database.write::<_, _, StoreError, _>(expired, |tx, expired| {
        Box::pin(async move {
            let sql = "INSERT INTO web_session (id_hash, data, expires_at) VALUES ($1, '{}', $2)";
            for number in 0..1_200_i64 {
                tx.execute(sql, params![number.to_be_bytes().to_vec(), expired]).await?;
            }
            Ok(())
        })
    });
    left.await.unwrap();
    let count = async || {
        let mut conn = app.database.read().await.unwrap();
        conn.one::<(i64,)>("SELECT COUNT(*) FROM web_session", params![]).await.unwrap().0
    };
    let lives = count().await - 1_200;
    assert!(lives >= 1);
    assert_eq!(tidy_up(&app).await.unwrap(), Progress::More);
    assert_eq!(count().await, lives + 200, "one transaction takes a thousand");
    assert_eq!(tidy_up(&app).await.unwrap(), Progress::Idle);
    assert_eq!(count().await, lives);
    assert_eq!(mina.get("/").await.status, StatusCode::OK, "hers lives");
}
