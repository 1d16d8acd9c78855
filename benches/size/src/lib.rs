//! What the programs share: how they start, and what they do in a panic.
#![no_std]

/// The entry of a program whose task is the expression. `black_box` keeps the compiler from working it out beforehand.
#[macro_export]
macro_rules! program {
    ($task:expr) => {
        #[unsafe(no_mangle)]
        extern "C" fn main() -> i32 {
            core::hint::black_box($task) as i32
        }

        #[panic_handler]
        fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
            loop {}
        }
    };
}
