//! Breadth first, so that the first attack found is a shortest one.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

use super::Game;
use super::actions::successors;
use super::law::broken;
use super::steps::Step;
use super::world::World;

/// The states are ours: nobody chooses them to collide.
#[derive(Default)]
pub struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u64(&mut self, word: u64) {
        let mixed = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 32);
    }
}

/// What was found.
pub struct Found {
    /// The different states that were seen.
    pub states: Vec<World>,
    /// How many steps away the last of them is.
    pub depth: usize,
    /// What is wrong, and how one gets there.
    pub attack: Option<(&'static str, Vec<Step>)>,
}

/// A state, the one before it by its place, how far it is, and the step to it.
type Seen = (World, usize, usize, Option<Step>);

/// From nothing, until something is wrong or nothing new is left.
pub fn search(game: Game, most: usize) -> Found {
    let mut seen: HashSet<World, BuildHasherDefault<Mix>> = HashSet::default();
    let mut all: Vec<Seen> = vec![(World::EMPTY, 0, 0, None)];
    seen.insert(World::EMPTY);
    let mut at = 0;
    while let Some((world, _, depth, _)) = all.get(at).copied() {
        for (step, next) in successors(&world, game) {
            if !seen.insert(next) {
                continue;
            }
            all.push((next, at, depth + 1, Some(step)));
            if let Some(wrong) = broken(&next, game) {
                return found(&all, Some((wrong, trace(&all))));
            }
        }
        at += 1;
        assert!(all.len() <= most, "more than {most} states, and no end");
    }
    found(&all, None)
}

fn found(all: &[Seen], attack: Option<(&'static str, Vec<Step>)>) -> Found {
    let depth = all.last().map_or(0, |(_, _, depth, _)| *depth);
    Found { states: all.iter().map(|(world, ..)| *world).collect(), depth, attack }
}

/// The way to the last one.
fn trace(all: &[Seen]) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut at = all.len() - 1;
    while let Some((_, before, _, Some(step))) = all.get(at) {
        steps.push(*step);
        at = *before;
    }
    steps.reverse();
    steps
}
