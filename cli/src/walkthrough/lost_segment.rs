//! The three-way handshake with one segment lost.

use super::LostSegment;
use super::chapters::{ACK, SYN, SYN_ACK};
use super::narrator::Narrator;
use super::scenario::{self, Segment, Story};
use std::fmt::Write;

impl Narrator {
    pub(super) fn handshake(&mut self, lose: LostSegment) {
        let mut story = Story::new();
        let (bold, reset) = (self.style.bold(), self.style.reset());
        let name = match lose {
            LostSegment::Syn => "SYN",
            LostSegment::Synack => "SYN, ACK",
            LostSegment::Ack => "ACK",
        };
        let _ = writeln!(self.text, "{bold}The three-way handshake, its {name} lost{reset}\n");
        self.tell(
            "What is numbered was on the client's link, as a capture there has it. Half of the way to the server and back takes \
             12 ms. Who hears nothing for one second sends again, and waits twice as long each time (RFC 6298 §2 and §5.5).",
        );
        match lose {
            LostSegment::Syn => self.lose_syn(&mut story),
            LostSegment::Synack => self.lose_synack(&mut story),
            LostSegment::Ack => self.lose_ack(&mut story),
        }
        self.tell("Both are in ESTABLISHED. Nothing was lost but time.");
    }

    pub(super) fn shake(&mut self, story: &mut Story, segment: Segment<'_>, caption: &str) {
        let frame = story.segment(segment);
        self.packet(frame, &[("tcp", "seq, ack, flags")], &[("tcp", "flags", caption)]);
    }

    pub(super) fn lost(&mut self, what: &str) {
        let (warning, reset) = (self.style.warning(), self.style.reset());
        let _ = writeln!(self.text, "     {warning}x {what}{reset}\n");
    }

    pub(super) fn lose_syn(&mut self, story: &mut Story) {
        self.shake(story, SYN, "SYN: the client in SYN-SENT");
        self.lost("lost on its way to the server");
        self.tell(
            "The server has heard nothing and does nothing: it is in LISTEN as before. The client cannot know whether its SYN was \
             lost, or the answer, or whether there is a server at all. After a second it sends the same SYN again, with the same \
             sequence number.",
        );
        story.clock = scenario::TIMEOUT;
        self.shake(story, SYN, "the same SYN; next after 2, 4, 8 s ...");
        story.wait(24_310);
        self.shake(story, SYN_ACK, "SYN, ACK: the server in SYN-RECEIVED");
        story.wait(61);
        self.shake(story, ACK, "ACK: both soon in ESTABLISHED");
        self.tell(
            "Had no answer ever come, the client would have given up after some tries, with \"connection timed out\".",
        );
    }

    pub(super) fn lose_synack(&mut self, story: &mut Story) {
        self.shake(story, SYN, "SYN: the client in SYN-SENT");
        // The server answers, but the answer is never on the client's link.
        story.clock = std::time::Duration::from_micros(12_155);
        let _ = story.segment(SYN_ACK);
        self.lost("SYN, ACK at 0.012155 s: lost on its way to the client, so it is not in this capture");
        self.tell(
            "The server is in SYN-RECEIVED: it has set memory aside for a connection that the client knows nothing of. (Who sends \
             many SYNs and never answers makes a server fill its memory: a SYN flood.) Both wait for a second, and the client's is over \
             first. To the client this looks just as if its SYN had been lost.",
        );
        story.clock = scenario::TIMEOUT;
        self.shake(story, SYN, "the same SYN");
        self.tell(
            "The server gets a SYN that it has seen before. It does not begin anew; it sends its SYN, ACK again, with the same \
             sequence number. Its own timer runs out at the same moment: whichever comes first, it is sent once.",
        );
        story.wait(24_310);
        self.shake(story, SYN_ACK, "the same SYN, ACK");
        story.wait(61);
        self.shake(story, ACK, "ACK: both soon in ESTABLISHED");
    }

    pub(super) fn lose_ack(&mut self, story: &mut Story) {
        self.shake(story, SYN, "SYN: the client in SYN-SENT");
        story.wait(24_310);
        self.shake(story, SYN_ACK, "SYN, ACK: the server in SYN-RECEIVED");
        story.wait(61);
        self.shake(story, ACK, "ACK: the client in ESTABLISHED");
        self.lost("lost on its way to the server");
        self.tell(
            "Now the two differ. The client has heard all that it needs, and is in ESTABLISHED: it may send. The server is still in \
             SYN-RECEIVED. An ACK is never sent again by itself, since nobody acknowledges it; so it is the server's turn. After a \
             second it sends its SYN, ACK again.",
        );
        story.clock = std::time::Duration::from_micros(12_155 + 12_155) + scenario::TIMEOUT;
        self.shake(story, SYN_ACK, "the same SYN, ACK");
        self.tell(
            "The client has seen it before. It stays in ESTABLISHED and says again what it has received (RFC 9293 §3.10.7.4).",
        );
        story.wait(48);
        self.shake(story, ACK, "the ACK again: the server too");
        self.tell(
            "Mostly it does not come to this: the client sends its request at once, and every segment of it carries the same \
             acknowledgement. The first one to arrive does what the lost ACK should have done.",
        );
    }
}
