//! What the workers of a desk work on.

use std::sync::Arc;

use backhaul_adapters::webhook_sender::HttpWebhookSender;
use backhaul_app::letters::Mailer;
use backhaul_app::webhooks::Reach;
use backhaul_app::{App, Providers};

use crate::settings::Settings;
use crate::workers::Work;

/// Every kind of work that there is for a desk.
pub(crate) fn work_list(
    app: &App,
    providers: Arc<Providers>,
    mailer: Option<Arc<dyn Mailer>>,
    settings: &Settings,
) -> Vec<Work> {
    let (refunds, webhooks, deadlines) = (app.clone(), app.clone(), app.clone());
    let sender = HttpWebhookSender::new(reach(settings));
    let mut list = vec![
        Work {
            kind: "submit_refund",
            run: Box::new(move |worker| Ok(refunds.work_refunds(&providers, worker)?)),
        },
        Work {
            kind: "send_webhook",
            run: Box::new(move |worker| Ok(webhooks.work_webhooks(&sender, worker)?)),
        },
        Work { kind: "deadline", run: Box::new(move |_| Ok(deadlines.work_deadlines()?)) },
    ];
    // Without a mail server letters wait for one.
    if let Some(mailer) = mailer {
        let letters = app.clone();
        list.push(Work {
            kind: "send_letter",
            run: Box::new(move |worker| Ok(letters.work_letters(mailer.as_ref(), worker)?)),
        });
    }
    list
}

/// How far webhooks may go.
pub(crate) fn reach(settings: &Settings) -> Reach {
    if settings.webhooks.allow_local { Reach::PublicAndThisMachine } else { Reach::Public }
}

/// A worker's name, unlike that of any other that lives: of this process, started at this moment.
pub(crate) fn worker_name() -> String {
    format!("{}-{}", std::process::id(), crate::clock::now().as_microsecond())
}
