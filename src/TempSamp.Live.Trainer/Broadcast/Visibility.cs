using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("TempSamp.Live.Trainer.Tests")]
