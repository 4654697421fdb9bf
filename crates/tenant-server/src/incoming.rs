//! A file of members as it comes in, whether a page or the API brings it: read piece by piece, staged as it goes.

use axum::body::{Body, BodyDataStream};
use futures_util::StreamExt;
use tenant::Context;
use tenant::imports::{self, BeginError, FileFault, ImportId, NewImport, Reader};
use tenant::members::MemberId;
use webkit::{FileStream, StreamError};

use crate::instance::App;

/// How many lines are staged in one transaction.
const TOGETHER: usize = 500;

/// Where the file comes from.
pub(crate) trait Pieces {
    /// The next piece; none, if it has come as a whole.
    fn next(&mut self) -> impl Future<Output = Result<Option<Vec<u8>>, StreamError>> + Send;
}

impl Pieces for FileStream {
    fn next(&mut self) -> impl Future<Output = Result<Option<Vec<u8>>, StreamError>> + Send {
        Self::next(self)
    }
}

/// The body of a request, which is the file and nothing else.
pub(crate) struct Plain {
    body: BodyDataStream,
    left: u64,
}

impl Plain {
    /// At most so many bytes of it are taken.
    pub(crate) fn new(body: Body, most: u64) -> Self {
        Self { body: body.into_data_stream(), left: most }
    }
}

impl Pieces for Plain {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, StreamError> {
        let Some(piece) = self.body.next().await else { return Ok(None) };
        let piece = piece.map_err(|_| StreamError::Broken)?;
        let length = u64::try_from(piece.len()).unwrap_or(u64::MAX);
        self.left = self.left.checked_sub(length).ok_or(StreamError::TooLarge)?;
        Ok(Some(piece.to_vec()))
    }
}

/// Why a file was not taken.
pub(crate) enum Refused {
    /// What it says, or who brings it.
    Begin(BeginError),
    /// It did not come as a whole.
    Stream(StreamError),
}

impl<E: Into<BeginError>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self::Begin(error.into())
    }
}

/// Reads and stages the file; nothing is done to anybody. What was staged of one that is refused is not seen, and swept.
pub(crate) async fn take(
    app: &App,
    (context, by): (Context, MemberId),
    new: NewImport,
    file: &mut impl Pieces,
) -> Result<ImportId, Refused> {
    let (mut reader, mut begun) = (Reader::default(), None);
    let taken = read(app, (&context, by), &new, file, &mut reader, &mut begun).await;
    match (taken, begun) {
        (Ok(()), Some(id)) => {
            imports::finish(&app.store, context, by, id, reader.ignored()).await?;
            app.batches.ring();
            Ok(id)
        }
        (Ok(()), None) => Err(FileFault::Empty.into()),
        (Err(refused), begun) => {
            if let Some(id) = begun {
                imports::discard(&app.store, context, id).await?;
            }
            Err(refused)
        }
    }
}

async fn read(
    app: &App,
    (context, by): (&Context, MemberId),
    new: &NewImport,
    file: &mut impl Pieces,
    reader: &mut Reader,
    begun: &mut Option<ImportId>,
) -> Result<(), Refused> {
    let mut lines = Vec::new();
    loop {
        let piece = file.next().await.map_err(Refused::Stream)?;
        let is_last = piece.is_none();
        match piece {
            Some(piece) => reader.feed(&piece, &mut lines)?,
            None => reader.end(&mut lines)?,
        }
        while lines.len() >= TOGETHER || (is_last && !lines.is_empty()) {
            let id = match begun {
                Some(id) => *id,
                None => *begun.insert(imports::begin(&app.store, context.clone(), by, new.clone()).await?),
            };
            let some = lines.drain(..lines.len().min(TOGETHER)).collect();
            imports::stage(&app.store, &app.tenant.blueprint, id, some).await?;
        }
        if is_last {
            return Ok(());
        }
    }
}
